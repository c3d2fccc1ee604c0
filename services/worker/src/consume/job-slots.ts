export interface JobSlotsOptions {
  /** Events to be held at once, about. */
  maxEvents: number;
  /** Jobs held at once, at least and at most, whatever their size. */
  minJobs: number;
  maxJobs: number;
  /** Called with the number of jobs that may be held from now on. */
  setSlots: (jobs: number) => void;
}

/** Told of every job that this worker takes and is done with. */
export interface JobSlots {
  took: (events: number) => void;
  gave: (events: number) => void;
}

/**
 * Holds as many jobs as carry about `maxEvents`, by the mean size of those in hand. A worker's jobs are
 * no longer in the queue, so no fair order reaches them: what a quiet account waits for is what
 * workers hold of a flooding one. More than the writers and the next batch need serves nobody.
 */
export function createJobSlots({
  maxEvents,
  minJobs,
  maxJobs,
  setSlots,
}: JobSlotsOptions): JobSlots {
  let jobs = 0;
  let events = 0;
  const adjust = () => {
    // Without a job in hand the last mean is the best guess at the next one.
    if (events === 0) return;
    const slots = Math.ceil((maxEvents * jobs) / events);
    setSlots(Math.min(maxJobs, Math.max(minJobs, slots)));
  };
  return {
    took(size) {
      jobs++;
      events += size;
      adjust();
    },
    gave(size) {
      jobs--;
      events -= size;
      adjust();
    },
  };
}
