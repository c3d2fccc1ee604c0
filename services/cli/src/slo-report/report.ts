import type { Objective } from '../slo/objectives.ts';

/** A stretch of time, in epoch seconds. */
export interface Span {
  from: number;
  to: number;
}

/** What became of one objective in one period; undefined where nothing was counted. */
export interface Actual {
  valid: number;
  bad: number;
  /** Seconds, where the objective is a percentile. */
  percentileSeconds: number | undefined;
}

/** One objective for the accounts of one class. */
export interface ClassActual {
  slo: string;
  accountClass: string;
  valid: number;
  bad: number;
}

/** One row of the report. */
export interface ReportRow {
  objective: Objective;
  now: Actual | undefined;
  before: Actual | undefined;
  /** Share of the objective's own budget that is left at the end; negative when it is overdrawn. */
  budgetLeft: number | undefined;
}

/** An alert that fired. */
export interface FiredAlert extends Span {
  name: string;
  /** The objective it is about, if it is about one. */
  slo: string | undefined;
}

/** One objective, missed for a while. */
export interface Breach extends Span {
  slo: string;
  bad: number;
  worstBurnRate: number;
}

/** Breaches that overlap, with the alerts of that time. */
export interface Incident extends Span {
  breaches: readonly Breach[];
  alerts: readonly FiredAlert[];
}

/** Counts of events by outcome; undefined where nothing was recorded. */
export interface EventCounts {
  accepted: number | undefined;
  stored: number | undefined;
  duplicate: number | undefined;
  dead: number | undefined;
}

/** Accepted events that the ledger missed: the most at any moment; undefined where it was not audited. */
export interface LostEvents {
  now: number | undefined;
  before: number | undefined;
}

/** Everything that a report says. */
export interface Report extends Span {
  period: string;
  /** Share of the period in which Prometheus was there to see. */
  coverage: number;
  rows: readonly ReportRow[];
  lost: LostEvents;
  classes: readonly ClassActual[];
  incidents: readonly Incident[];
  /** Alerts outside of incidents. */
  otherAlerts: readonly FiredAlert[];
  events: EventCounts;
}
