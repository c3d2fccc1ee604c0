import type { KubeConfig } from '@kubernetes/client-node';
import type { TimelineSample } from '../model/sample.ts';
import { sampleRelease } from './sample-release.ts';

export interface RecordingOptions {
  kubeConfig: KubeConfig;
  namespace: string;
  /** Name of the Helm release; it need not be installed yet. */
  release: string;
  /** Time between samples, 1,000 by default. */
  intervalMs?: number;
  onSample?: (sample: TimelineSample) => void;
}

interface Recording {
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
  const { onSample, intervalMs = 1_000, ...where } = options;
  const samples: TimelineSample[] = [];
  const sampling = sampleRelease({
    ...where,
    intervalMs,
    onSample: (sample) => {
      samples.push(sample);
      onSample?.(sample);
    },
  });
  await sampling.started;
  let stopped: Promise<readonly TimelineSample[]> | undefined;
  return {
    samples: () => samples,
    stop: () => (stopped ??= sampling.stop().then(() => samples)),
  };
}
