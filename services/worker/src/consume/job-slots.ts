import type { BatchSize } from '../coalesce/coalescer.ts';

export interface JobSlotsOptions {
  /** Events and bytes of rows to be held at once at most, if `minJobs` allow it. */
  max: BatchSize;
  /** Jobs that may be held at once, whatever their size. */
  minJobs: number;
  maxJobs: number;
  /** Called with the number of jobs that may be held from now on. */
  setSlots: (jobs: number) => void;
}

/** To be called for every job that this worker takes and finishes. */
export interface JobSlots {
  took: (size: BatchSize) => void;
  gave: (size: BatchSize) => void;
}

/** With each job the memory of the largest one fades: some 200 small ones after it, it is gone. */
const fading = 0.98;

/**
 * Holds no more events and no more bytes than the writers and the next batch need. A worker's jobs are no
 * longer in the queue, so no fair order reaches them: what a quiet account waits for is what workers hold
 * of a flooding one. The size of the next job is unknown until it is taken, so it is assumed to be as large
 * as the largest recent one. Where all of them are small and `maxJobs` large ones come at once, those
 * are held: the api bounds each (api/ingest/cut-batch.ts), so that this fits into memory as well.
 */
export function createJobSlots({ max, minJobs, maxJobs, setSlots }: JobSlotsOptions): JobSlots {
  let jobs = 0;
  const events = createMeasure(max.events);
  const bytes = createMeasure(max.bytes);
  const adjust = () => {
    const more = Math.min(events.more(), bytes.more());
    setSlots(Math.min(maxJobs, Math.max(minJobs, jobs + more)));
  };
  return {
    took(size) {
      jobs++;
      events.took(size.events);
      bytes.took(size.bytes);
      adjust();
    },
    gave(size) {
      jobs--;
      events.gave(size.events);
      bytes.gave(size.bytes);
      adjust();
    },
  };
}

function createMeasure(max: number) {
  let held = 0;
  let largest = 1;
  return {
    took(size: number) {
      held += size;
      largest = Math.max(1, size, largest * fading);
    },
    gave(size: number) {
      held -= size;
    },
    /** How many more jobs, if each is as large as the largest recent one. */
    more: () => Math.max(0, Math.floor((max - held) / largest)),
  };
}
