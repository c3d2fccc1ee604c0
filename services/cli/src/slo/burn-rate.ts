/** Two windows in which the budget must burn too fast: the long one proves that it matters, the short one that it still does. */
export interface BurnPolicy {
  name: string;
  factor: number;
  long: Window;
  short: Window;
}

/** Windows over which burn rates are recorded. */
export type Window = '5m' | '30m' | '1h' | '6h' | '1d' | '3d' | '7d' | '30d';

export const windowHours: Record<Window, number> = {
  '5m': 5 / 60,
  '30m': 0.5,
  '1h': 1,
  '6h': 6,
  '1d': 24,
  '3d': 72,
  '7d': 168,
  '30d': 720,
};

/** The pairs of the SRE Workbook (chapter 5, table 8), for a budget of 30 days. */
export const burnPolicies: readonly BurnPolicy[] = [
  { name: 'ErrorBudgetBurnFast', factor: 14.4, long: '1h', short: '5m' },
  { name: 'ErrorBudgetBurnSteady', factor: 6, long: '6h', short: '30m' },
  { name: 'ErrorBudgetBurnSlow', factor: 1, long: '3d', short: '6h' },
];

/** With fewer failures than this in the long window no alert fires: one of three requests at night is no trend. */
export const leastFailures = 10;

/** Share of the whole period's budget that is gone after so many hours at this rate. */
export function budgetShare(factor: number, hours: number, periodDays: number): number {
  return (factor * hours) / (periodDays * 24);
}

/** Days from a full budget to none at this rate. */
export function daysToExhaustion(factor: number, periodDays: number): number {
  return periodDays / factor;
}

/**
 * Hours from the first failure until the long window is above the factor, when failures are this
 * share of all; infinite when they never get there.
 */
export function hoursToDetection(
  { factor, long }: BurnPolicy,
  budget: number,
  failureShare: number,
): number {
  const hours = ((factor * budget) / failureShare) * windowHours[long];
  return hours > windowHours[long] ? Infinity : hours;
}

/** A policy is of use to an objective when its window fits into the period, and its rate is possible. */
export function appliesTo(
  { factor, long }: BurnPolicy,
  objective: { periodDays: number; target: number },
): boolean {
  return windowHours[long] < objective.periodDays * 24 && factor * (1 - objective.target) < 1;
}

/** Interval of the recorded rates that every window is summed from. */
export const baseIntervalSeconds = 30;
