import { watchRelease, type Snapshot, type WatchOptions } from '../cluster/watch-release.ts';
import type { TimelineEvent, TimelineSample } from '../model/sample.ts';
import { takeSample } from './take-sample.ts';

export interface SamplingOptions extends Omit<WatchOptions, 'onEvents'> {
  onSample: (sample: TimelineSample, snapshot: Snapshot) => void;
  /** What happened before we came. */
  onHistory?: (events: readonly TimelineEvent[]) => void;
}

export interface Sampling {
  /** Once everything was listed a first time, or refused; the samples begin then. */
  started: Promise<void>;
  /** Takes a last sample and closes every connection. */
  stop: () => Promise<void>;
}

/** Watches a release and takes a sample each `intervalMs`, until it is stopped. */
export function sampleRelease({ onSample, onHistory, ...options }: SamplingOptions): Sampling {
  let events: TimelineEvent[] = [];
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const watch = watchRelease({
    ...options,
    onEvents: (happened, isHistory) => {
      if (isHistory) onHistory?.(happened);
      else events.push(...happened);
    },
  });
  const take = (): void => {
    const snapshot = watch.snapshot();
    const sample = takeSample(snapshot.state, snapshot.meter, events, Date.now());
    events = [];
    onSample(sample, snapshot);
  };
  const started = watch.started.then(() => {
    if (!isStopped) timer = setInterval(take, options.intervalMs);
  });
  return {
    started,
    async stop() {
      isStopped = true;
      clearInterval(timer);
      take();
      await watch.stop();
    },
  };
}
