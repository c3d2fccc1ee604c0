import type { Series } from './series.ts';

/** One alert that Prometheus is expected to raise. */
export interface ExpectedAlert {
  /** Beside the severity. */
  labels: Readonly<Record<string, string>>;
  /** As people will read it. */
  summary: string;
}

/** What one alert must do: fire in its condition, be silent just below it, and resolve. */
export interface AlertCase {
  alert: string;
  /** Distinguishes several cases of one alert. */
  when: string;
  /** The series of the failure, and of the health after it. */
  problem: Series;
  /** Still silent at this minute, since the condition has not held for long enough. */
  silentAt?: number;
  firesAt: number;
  fires: ExpectedAlert;
  /** Silent again at this minute. */
  overAt: number;
  /** The nearest that is still well; silent at `firesAt`. */
  justBelow: Series;
}

/** Part of an alert's condition holds, and it must not fire. */
export interface SilentCase {
  alert: string;
  when: string;
  series: Series;
  at: number;
  /** What holds nevertheless at that minute: a query whose one sample, of ingest-availability, is 1. */
  although: string;
}
