import type { ProcessExit } from '../../../services/shared/src/local/owned-process.ts';
import type { LocalState } from './local-state.ts';
import type { Ports } from './state-files.ts';

/** In the order they are started; they are stopped in the order api, worker, redis, postgres. */
export const partNames = ['postgres', 'redis', 'api', 'worker'] as const;
export type PartName = (typeof partNames)[number];

/** One running process of the local platform. */
export interface Part {
  pid: number;
  logFile: string;
  /** Resolves when it has ended, whoever ended it. */
  exited: Promise<ProcessExit>;
  /** In good order, within a deadline, else by SIGKILL. */
  stop: () => Promise<unknown>;
}

/** What every step of starting needs. */
export interface LocalContext {
  state: LocalState;
  ports: Ports;
  /** Tells the person at the terminal (or the log) what is being done. */
  say: (message: string) => void;
  /** Aborted when a stop is asked for while things are still starting. */
  signal: AbortSignal;
}
