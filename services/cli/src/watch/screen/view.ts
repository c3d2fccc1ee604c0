import type { ScalerView } from '../model/view-scalers.ts';
import type { TimelineEvent, TimelineSample } from '../model/sample.ts';

/** All that the screen shows. */
export interface View {
  release: string;
  namespace: string;
  context: string;
  /** Samples of late, oldest first; the last one is now. */
  history: readonly TimelineSample[];
  scalers: readonly ScalerView[];
  /** Sentences: what cannot be seen, and why. */
  missing: readonly string[];
  /** Oldest first, those from before the watch included. */
  events: readonly TimelineEvent[];
  /** Where the recording goes; undefined: none. */
  recordingTo: string | undefined;
}
