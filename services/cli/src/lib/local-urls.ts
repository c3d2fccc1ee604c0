import { localState } from './local-state.ts';
import { readPids, readPorts } from './state-files.ts';

/** Where the servers of `make up` listen. */
export interface LocalUrls {
  apiUrl: string;
  databaseUrl: string;
  redisUrl: string;
}

/** The servers of `make up`, when they were started in this clone and not stopped since. */
export function findLocalUrls(): LocalUrls | undefined {
  const state = localState();
  const ports = readPorts(state);
  if (!ports || !readPids(state)) return undefined;
  return {
    apiUrl: `http://127.0.0.1:${ports.api}`,
    databaseUrl: `postgresql://postgres@127.0.0.1:${ports.postgres}/postgres`,
    redisUrl: `redis://127.0.0.1:${ports.redis}`,
  };
}
