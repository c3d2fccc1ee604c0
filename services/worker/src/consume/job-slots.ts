export interface JobSlotsOptions {
  /** Events to be held at once at most, if `minJobs` allow it. */
  maxEvents: number;
  /** Jobs that may be held at once, whatever their size. */
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

/** With each job the memory of the largest one fades: some 200 small ones after it, it is gone. */
const fading = 0.98;

/**
 * Holds no more events than the writers and the next batch need. A worker's jobs are no longer in the
 * queue, so no fair order reaches them: what a quiet account waits for is what workers hold of a
 * flooding one. How large the next job is nobody knows before it is taken, so it is expected to be as
 * large as the largest of late.
 */
export function createJobSlots({
  maxEvents,
  minJobs,
  maxJobs,
  setSlots,
}: JobSlotsOptions): JobSlots {
  let jobs = 0;
  let events = 0;
  let largest = 1;
  const adjust = () => {
    const more = Math.max(0, Math.floor((maxEvents - events) / largest));
    setSlots(Math.min(maxJobs, Math.max(minJobs, jobs + more)));
  };
  return {
    took(size) {
      jobs++;
      events += size;
      largest = Math.max(1, size, largest * fading);
      adjust();
    },
    gave(size) {
      jobs--;
      events -= size;
      adjust();
    },
  };
}
