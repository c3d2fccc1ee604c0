/** A series that Prometheus reckons and keeps. */
export interface RecordingRule {
  record: string;
  expr: string;
  labels?: Readonly<Record<string, string>>;
}

/** critical: pages the on-call engineer. warning: handled during the day. */
type Severity = 'critical' | 'warning';

/** One alert, before it becomes a rule of Prometheus. */
export interface Alert {
  name: string;
  severity: Severity;
  /** The condition for people, as documents and runbooks show it. */
  condition: string;
  expr: string;
  /** How long the condition must hold, as Prometheus writes it; none: it fires at once. */
  for?: string;
  /** One line with what is wrong now; Prometheus fills in labels and value. */
  summary: string;
  /** What it means for whom, without values. */
  description: string;
}

/** Rules that are evaluated together, one after the other. */
export interface RuleGroup {
  name: string;
  intervalSeconds: number;
  recording: readonly RecordingRule[];
  alerts: readonly Alert[];
}
