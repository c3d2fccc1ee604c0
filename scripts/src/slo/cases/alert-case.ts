import type { Series } from './series.ts';

/** One alert that Prometheus is expected to raise. */
export interface ExpectedAlert {
  /** Beside the severity. */
  labels: Readonly<Record<string, string>>;
  /** As people will read it. */
  summary: string;
}

/** What one alert must do: fire in trouble, be silent just below, and end. */
export interface AlertCase {
  alert: string;
  /** Tells apart several cases of one alert. */
  when: string;
  /** The trouble, and the health after it. */
  trouble: Series;
  /** Still silent at this minute, since the condition has not held for long enough. */
  silentAt?: number;
  firesAt: number;
  fires: ExpectedAlert;
  /** Silent again at this minute. */
  overAt: number;
  /** The nearest that is still well; silent at `firesAt`. */
  justBelow: Series;
}
