import type { CpuUse } from './cpu-meter.ts';
import type { Lab } from './lab.ts';
import type { PreloadPlan } from './fill-events.ts';

/** One thing that is measured, such as those in ../baselines. */
export interface Baseline {
  /** As in the results: `C`, `S100`. */
  name: string;
  /** What it is, in one sentence. */
  description: string;
  /** rows/s are counted in PostgreSQL; events/s where nothing is stored. */
  unit: 'rows/s' | 'events/s';
  /** Rows that are to be in the table before; filled once, before the first round. */
  preload?: PreloadPlan;
  /** Starts what it needs, on empty tables and an empty Redis. */
  prepare: (lab: Lab) => Promise<PreparedRun>;
}

export interface PreparedRun {
  /**
   * Works for so many seconds on empty tables, then waits for what is still under way.
   *
   * @throws Error when what was accepted is not what is stored
   */
  run: (seconds: number, onProgress: OnProgress) => Promise<RunResult>;
  /** The end of what its processes wrote, for the message of a failed run. */
  logs?: () => string;
  close: () => Promise<void>;
}

/** Called now and then with the events so far and the seconds they took. */
export type OnProgress = (events: number, seconds: number) => void;

/** One measured run. */
export interface RunResult {
  /** Rows counted in PostgreSQL; events processed where nothing is stored. */
  events: number;
  /** From the first request until the last event was stored. */
  seconds: number;
  /** Undefined where the system does not measure it. */
  cpu: CpuUse | undefined;
  /** Rows stored a second while the load ran; only where storing goes on after it. */
  underLoad?: number;
  /** Events a second that got 202. */
  accepted?: number;
  /** Of a closed loop: for information only. */
  latencyMs?: { p50: number; p99: number; max: number };
}
