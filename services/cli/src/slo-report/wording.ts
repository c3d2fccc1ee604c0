import { budgetOf, type Objective } from '../slo/objectives.ts';
import type { Actual, FiredAlert, Incident, LostEvents, Report, ReportRow } from './report.ts';

/** Alerts that name a cause rather than a symptom, and the cause. */
const causes: Readonly<Record<string, string>> = {
  RedisDown: 'Redis was down',
  PostgreSQLDown: 'PostgreSQL was down',
  RedisMemoryHigh: 'Redis was nearly full',
  ScalerBlind: 'KEDA could not read the backlog, so workers were not scaled',
  LimiterFailingOver: 'the limiter had no Redis',
  IngestDirect: 'the queue did not take events',
};

export type Status = 'Met' | 'Missed' | 'No data';

/** Whether the objective was met in the period, whatever its own window is. */
export function statusOf({ objective, now }: ReportRow): Status {
  if (now === undefined) return 'No data';
  return now.bad / now.valid <= budgetOf(objective) ? 'Met' : 'Missed';
}

/** The same of durability, which one event breaks. */
export function lostStatus({ now }: LostEvents): Status {
  if (now === undefined) return 'No data';
  return now > 0 ? 'Missed' : 'Met';
}

export function lostText(events: number | undefined): string {
  return events === undefined ? '–' : `${countText(events)} lost`;
}

export function lostTrendText({ now, before }: LostEvents): string {
  return trendOf(now, before, 0.5);
}

/** An objective on one line. */
export function objectiveText({ endpoint, title }: Objective): string {
  return `${endpoint}, ${title}`;
}

/** The actual number, in the unit of the objective. */
export function actualText(objective: Objective, actual: Actual | undefined): string {
  if (actual === undefined) return '–';
  if (objective.percentile) return secondsText(actual.percentileSeconds);
  const failed = actual.bad / actual.valid;
  return shareText(objective.title === 'Error rate' ? failed : 1 - failed);
}

/** Failures against those of the period before. */
export function trendText({ now, before }: ReportRow): string {
  return trendOf(now && now.bad / now.valid, before && before.bad / before.valid, 0.000_05);
}

/** Of something that is better when there is less of it. */
function trendOf(is: number | undefined, was: number | undefined, noticeable: number): string {
  if (is === undefined || was === undefined) return 'nothing to compare';
  if (Math.abs(is - was) < noticeable) return 'unchanged';
  return is < was ? '▲ better' : '▼ worse';
}

/** Share of an objective's own budget that the period of the report used. */
export function budgetUsed(
  { objective, now }: ReportRow,
  { from, to }: Report,
): number | undefined {
  if (now === undefined) return undefined;
  const share = (to - from) / (objective.periodDays * 86_400);
  return (now.bad / now.valid / budgetOf(objective)) * Math.min(1, share);
}

/** What the rest of the budget means; the bounds are those of the policy in docs/slo.md. */
export function budgetHealth(left: number | undefined): string {
  if (left === undefined) return '–';
  if (left <= 0) return 'Exhausted';
  return left < 0.25 ? 'At risk' : 'Healthy';
}

/** What an incident came from, as far as an alert named it. */
export function causeText({ alerts }: Incident): string {
  const known = [
    ...new Set(alerts.map(({ name }) => causes[name]).filter((cause) => cause !== undefined)),
  ];
  return known.length === 0 ? 'not named by any alert: to be filled in' : known.join('; ');
}

/** One sentence about all objectives. */
export function result({ rows, lost, incidents }: Report): string {
  const statuses = [...rows.map(statusOf), lostStatus(lost)];
  const missed = statuses.filter((status) => status === 'Missed').length;
  const kept = statuses.filter((status) => status === 'Met').length;
  const happened =
    incidents.length === 0
      ? 'No incident.'
      : incidents.length === 1
        ? 'One incident.'
        : `${incidents.length} incidents.`;
  if (missed === 0) return `Every objective was met (${kept} objectives). ${happened}`;
  return `${missed} of ${missed + kept} objectives were missed. ${happened}`;
}

/** Below this, the report explains that time without records counts as good. */
const wellSeen = 0.95;

/** The share of the period that Prometheus recorded, and a warning where that is too little. */
export function coverageText(coverage: number): string {
  const seen = `Prometheus saw ${shareText(coverage)} of it.`;
  if (coverage >= wellSeen) return seen;
  return `${seen} What it did not see is in no number here: do not hold this report against a contract.`;
}

/** An alert and when it fired, relative to the start of the incident. */
export function alertText(alert: FiredAlert, since: number): string {
  const about = alert.slo === undefined ? '' : ` (${alert.slo})`;
  const later = alert.from - since;
  // An alert of the cause may fire before an objective is missed.
  const when = later < 0 ? `${durationText(-later)} before` : `after ${durationText(later)}`;
  return `${alert.name}${about} ${when}`;
}

export function shareText(share: number | undefined): string {
  if (share === undefined) return '–';
  const percent = 100 * share;
  // 99.996% must not read as 100%, nor 0.004% as 0%.
  const digits = percent !== 0 && (percent > 99.9 || percent < 0.1) && percent !== 100 ? 3 : 2;
  return `${Number(percent.toFixed(digits))}%`;
}

function secondsText(seconds: number | undefined): string {
  if (seconds === undefined) return '–';
  if (seconds >= 1) return `${Number(seconds.toFixed(2))} s`;
  const ms = seconds * 1_000;
  return `${ms >= 10 ? Math.round(ms) : Number(ms.toFixed(1))} ms`;
}

export function countText(count: number | undefined): string {
  return count === undefined ? '–' : Math.round(count).toLocaleString('en-US');
}

/** Minutes and seconds, or hours and minutes. */
export function durationText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes] = [Math.floor(whole / 3_600), Math.floor((whole % 3_600) / 60)];
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${whole % 60} s` : `${whole} s`;
}

/** Epoch seconds as `2026-11-23 10:55:14 UTC`. */
export function timeText(at: number): string {
  return `${new Date(at * 1_000).toISOString().replace('T', ' ').slice(0, 19)} UTC`;
}

/** Without the day, for moments of a day that is already named. */
export function clockText(at: number): string {
  return timeText(at).slice(11, 19);
}
