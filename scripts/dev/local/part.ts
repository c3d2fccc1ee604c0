import type { ProcessExit } from '@event-platform/testkit/servers/supervised-process';
import type { LocalState } from '@event-platform/cli/lib/local-state';
import type { Ports } from '@event-platform/cli/lib/state-files';

/** In the order they are started; Prometheus only when it is asked for. */
export const partNames = [
  'postgres',
  'redis',
  'api',
  'worker',
  'maintainer',
  'prometheus',
] as const;
export type PartName = (typeof partNames)[number];

/** What people call the parts. */
export const partLabels: Record<PartName, string> = {
  postgres: 'PostgreSQL',
  redis: 'Redis',
  api: 'api',
  worker: 'worker',
  maintainer: 'maintainer',
  prometheus: 'Prometheus',
};

/** One running process of the local platform. */
export interface Part {
  pid: number;
  logFile: string;
  /** Size of the log before this process wrote to it, in bytes. */
  logStart: number;
  /** Resolves when it has ended, for whatever reason. */
  exited: Promise<ProcessExit>;
  /** In good order, within a deadline, else by SIGKILL. */
  stop: () => Promise<unknown>;
}

/** What every step of starting needs. */
export interface LocalContext {
  state: LocalState;
  ports: Ports;
  /** Shows at the terminal (or in the log) what is being done. */
  say: (message: string) => void;
  /** Aborted when a stop is asked for while things are still starting. */
  signal: AbortSignal;
}
