import { leastFailures } from '../slo/burn-rate.ts';
import type { Breach, FiredAlert, Incident, Span } from './report.ts';

/** A lull of this length does not end a breach. */
const longestLullSeconds = 180;
/** An alert may fire this long after the end of what it reports. */
const alertDelaySeconds = 600;
/** And so much sooner than it began to cost an objective: a cause comes before its effect. */
const alertLeadSeconds = 120;

type MutableIncident = Incident & { alerts: FiredAlert[] };

/** One objective at one moment. */
export interface Reading {
  at: number;
  burnRate: number;
  /** Failures since the reading before. */
  bad: number;
}

/** The times at which one objective was missed. Pure. @param stepSeconds between two readings */
export function findBreaches(
  slo: string,
  readings: readonly Reading[],
  stepSeconds: number,
): Breach[] {
  const breaches: Breach[] = [];
  for (const { at, burnRate, bad } of readings) {
    if (!(burnRate > 1)) continue;
    const last = breaches.at(-1);
    if (last && at - last.to <= Math.max(longestLullSeconds, stepSeconds)) {
      last.to = at;
      last.bad += bad;
      last.worstBurnRate = Math.max(last.worstBurnRate, burnRate);
    } else {
      breaches.push({ slo, from: at - stepSeconds, to: at, bad, worstBurnRate: burnRate });
    }
  }
  return breaches.filter(({ bad }) => bad >= leastFailures);
}

/** Joins moments into stretches. Pure. @param times ascending */
export function joinMoments(times: readonly number[], stepSeconds: number): Span[] {
  const spans: Span[] = [];
  for (const at of times) {
    const last = spans.at(-1);
    if (last && at - last.to <= stepSeconds * 1.5) last.to = at;
    else spans.push({ from: at, to: at });
  }
  return spans;
}

/** Joins breaches that overlap, and gives each incident the alerts of its time. Pure. */
export function findIncidents(
  breaches: readonly Breach[],
  alerts: readonly FiredAlert[],
): { incidents: Incident[]; otherAlerts: FiredAlert[] } {
  const groups: Breach[][] = [];
  for (const breach of breaches.toSorted((a, b) => a.from - b.from)) {
    const last = groups.at(-1);
    const end = Math.max(...(last ?? []).map(({ to }) => to));
    if (last && breach.from <= end + longestLullSeconds) last.push(breach);
    else groups.push([breach]);
  }
  const incidents = groups.map((group): MutableIncident => ({
    from: Math.min(...group.map(({ from }) => from)),
    to: Math.max(...group.map(({ to }) => to)),
    breaches: group,
    alerts: [],
  }));
  const otherAlerts: FiredAlert[] = [];
  for (const alert of alerts) {
    // The one that began last: an alert may come late, but not for what was long over.
    const incident = incidents.findLast(
      ({ from, to }) =>
        alert.from >= from - alertLeadSeconds && alert.from <= to + alertDelaySeconds,
    );
    (incident?.alerts ?? otherAlerts).push(alert);
  }
  return { incidents, otherAlerts };
}
