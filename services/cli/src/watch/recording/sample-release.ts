import { watchRelease, type Look, type WatchOptions } from '../cluster/watch-release.ts';
import type { TimelineEvent, TimelineSample } from '../model/sample.ts';
import { takeSample } from './take-sample.ts';

export interface SamplingOptions extends Omit<WatchOptions, 'onEvents'> {
  onSample: (sample: TimelineSample, look: Look) => void;
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
    const look = watch.look();
    const sample = takeSample(look.state, look.meter, events, Date.now());
    events = [];
    onSample(sample, look);
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
