import type { CheckEvent } from '@event-platform/testkit/checker/check-event';
import type { HarnessOptions } from './harness-options.ts';
import type { Harness } from './harness.ts';

/** What a scenario has besides the harness. */
export interface Tools {
  /** Numbers from 0 up to `below`, by the seed of the run. */
  random: (below: number) => number;
  /** Waits so long, and up to half as long again, by the seed. */
  pause: (ms: number) => Promise<void>;
  load: Load;
  /** Posts events beside the load, in one request, until they are accepted. */
  post: (events: readonly CheckEvent[]) => Promise<void>;
  /** Notes what a scenario has seen go wrong; the run goes on, and fails. */
  complain: (what: string) => void;
}

/** What the load is made of; a scenario may change it while it runs. */
export interface Load {
  /** Share of the posts that repeat an earlier event, from 0 to 1. */
  duplicateShare: number;
  /** Share of the requests that ask for an answer after the COMMIT, from 0 to 1. */
  waitShare: number;
  /** Share of the events that PostgreSQL refuses, from 0 to 1; needs `poisonRule`. */
  poisonShare: number;
}

/** The type of an event that PostgreSQL refuses by `poisonRule`; to the api it is one like others. */
export const poisonType = 'poison';

/** What teaches PostgreSQL to refuse; the api lets nothing through that it would refuse by itself. */
export const poisonRule = `ALTER TABLE events ADD CONSTRAINT no_poison CHECK (type <> '${poisonType}')`;

/** One way to hurt the platform under load. */
export interface Scenario {
  /** Such as `kill-worker`. */
  name: string;
  /** What is done, for the table. */
  faults: string;
  harness?: HarnessOptions;
  /** It mounts file systems. */
  needsRoot?: boolean;
  /** It holds processes to an amount of memory. */
  needsMemoryGroups?: boolean;
  /** Why acknowledged events may be lost here: then losses are reported and do not fail the run. */
  mayLose?: string;
  /** Hurts, and heals: when it returns, every process runs and every link is whole. */
  run: (harness: Harness, tools: Tools) => Promise<void>;
}
