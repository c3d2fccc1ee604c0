import type { TimelineSample } from './sample.ts';

export interface PlotOptions {
  /** Above the plot; by default the span of time. */
  title?: string;
}

/**
 * Draws backlog, replicas and rates over one axis of time, with what KEDA and the autoscaler did.
 *
 * @returns a whole SVG document, readable on white and without other files
 */
export function plotTimeline(
  samples: readonly TimelineSample[],
  options: PlotOptions = {},
): string {
  throw new Error(`Not there yet: ${samples.length} ${options.title ?? ''}`);
}
