import type { KubeConfig } from '@kubernetes/client-node';
import { watchRelease } from '../cluster/watch-release.ts';
import type { TimelineEvent, TimelineSample } from './sample.ts';
import { takeSample } from './take-sample.ts';

export interface RecordingOptions {
  kubeConfig: KubeConfig;
  namespace: string;
  /** Name of the Helm release; it need not be installed yet. */
  release: string;
  /** Time between samples, 1,000 by default. */
  intervalMs?: number;
  onSample?: (sample: TimelineSample) => void;
}

export interface Recording {
  /** All samples so far, oldest first. */
  samples: () => readonly TimelineSample[];
  /** Takes a last sample, closes every connection and gives all samples. Again: the same answer. */
  stop: () => Promise<readonly TimelineSample[]>;
}

/**
 * Records a release of the chart, sample by sample, until it is stopped. A cluster that does not
 * answer, or does not let us read something, is no error: the samples hold null for what is unknown.
 *
 * @returns once everything was listed a first time (or refused), so that what follows is seen
 */
export async function startRecording(options: RecordingOptions): Promise<Recording> {
  const { kubeConfig, namespace, release, intervalMs = 1_000, onSample } = options;
  const samples: TimelineSample[] = [];
  let events: TimelineEvent[] = [];
  const watch = await watchRelease({
    kubeConfig,
    namespace,
    release,
    intervalMs,
    onEvents: (happened, isHistory) => {
      if (!isHistory) events.push(...happened);
    },
  });
  const record = (): void => {
    const { state, meter } = watch.look();
    const sample = takeSample(state, meter, events, Date.now());
    events = [];
    samples.push(sample);
    onSample?.(sample);
  };
  const timer = setInterval(record, intervalMs);
  let stopped: Promise<readonly TimelineSample[]> | undefined;
  const stop = async () => {
    clearInterval(timer);
    record();
    await watch.stop();
    return samples;
  };
  return { samples: () => samples, stop: () => (stopped ??= stop()) };
}
