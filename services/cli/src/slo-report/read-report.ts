import type { PrometheusClient, Sample } from '../lib/prometheus-client.ts';
import { objectives, type Objective } from '../slo/objectives.ts';
import { baseIntervalSeconds } from '../slo/burn-rate.ts';
import { select, type Scope } from '../slo/scope.ts';
import { findBreaches, findIncidents, joinMoments, type Reading } from './find-incidents.ts';
import type { Period } from './period.ts';
import type {
  Actual,
  Breach,
  ClassActual,
  EventCounts,
  FiredAlert,
  LostEvents,
  Report,
  ReportRow,
} from './report.ts';

/** Prometheus gives 11,000 points a line at most. */
const mostPoints = 10_000;

export interface ReportQuestion {
  client: PrometheusClient;
  scope: Scope;
  period: Period;
  /** Epoch seconds. */
  end: number;
}

/**
 * Queries Prometheus for everything in a report.
 *
 * @throws CliError when it does not answer
 */
export async function readReport(question: ReportQuestion): Promise<Report> {
  const { period, end } = question;
  const from = end - period.seconds;
  const rows: ReportRow[] = [];
  const breaches: Breach[] = [];
  for (const objective of objectives) {
    rows.push({
      objective,
      now: await readActual(question, objective, end),
      before: await readActual(question, objective, from),
      budgetLeft: await readBudgetLeft(question, objective),
    });
    breaches.push(...(await readBreaches(question, objective)));
  }
  return {
    period: period.name,
    from,
    to: end,
    coverage: await readCoverage(question),
    rows,
    lost: await readLost(question),
    classes: await readClasses(question),
    ...findIncidents(breaches, await readAlerts(question)),
    events: await readEvents(question),
  };
}

async function readActual(
  { client, scope, period }: ReportQuestion,
  { id, percentile }: Objective,
  at: number,
): Promise<Actual | undefined> {
  const window = `${period.seconds}s`;
  const count = async (kind: string) => {
    const series = select(scope, `slo:${kind}:rate2m`, `slo="${id}"`);
    const sum = `${baseIntervalSeconds} * sum(sum_over_time(${series}[${window}]))`;
    return single(await client.query(sum, at)) ?? 0;
  };
  const [valid, bad] = [await count('valid'), await count('bad')];
  if (valid === 0) return undefined;
  const percentileSeconds = percentile && single(await client.query(percentile(scope, window), at));
  return { valid, bad, percentileSeconds };
}

async function readBudgetLeft({ client, scope, end }: ReportQuestion, { id }: Objective) {
  const series = select(scope, 'slo:error_budget_remaining:ratio', `slo="${id}"`);
  return single(await client.query(`min(${series})`, end));
}

/** How much of the period has evaluations of the rules, which run whether there is traffic or not. */
async function readCoverage({ client, scope, period, end }: ReportQuestion): Promise<number> {
  const series = select(scope, 'slo:error_budget:ratio', 'slo="error-rate"');
  const count = `max(count_over_time(${series}[${period.seconds}s]))`;
  const seen = (single(await client.query(count, end)) ?? 0) * baseIntervalSeconds;
  return Math.min(1, seen / period.seconds);
}

async function readBreaches(question: ReportQuestion, { id }: Objective): Promise<Breach[]> {
  const { client, scope } = question;
  const range = rangeOf(question);
  const series = (name: string) => `sum(${select(scope, name, `slo="${id}"`)})`;
  const bad = series('slo:bad:rate2m');
  const budget = `max(${select(scope, 'slo:error_budget:ratio', `slo="${id}"`)})`;
  const burnRate = `${bad} / (${series('slo:valid:rate2m')} > 0) / ${budget}`;
  // With a long step nothing between two points may be missed, nor counted twice.
  const over = (aggregate: string, expression: string) =>
    range.step > baseIntervalSeconds
      ? `${aggregate}((${expression})[${range.step}s:${baseIntervalSeconds}s])`
      : expression;
  const [rates] = await client.queryRange(over('max_over_time', burnRate), range);
  const [counts] = await client.queryRange(over('avg_over_time', bad), range);
  const badAt = new Map(counts?.points.map(({ at, value }) => [at, value * range.step]));
  const readings = (rates?.points ?? []).map(({ at, value }): Reading => ({
    at,
    burnRate: value,
    bad: badAt.get(at) ?? 0,
  }));
  return findBreaches(id, readings, range.step);
}

async function readAlerts(question: ReportQuestion): Promise<FiredAlert[]> {
  const range = rangeOf(question);
  const firing = select(question.scope, 'ALERTS', 'alertstate="firing"');
  const expression = `max by (alertname, slo) (max_over_time(${firing}[${range.step}s]))`;
  const lines = await question.client.queryRange(expression, range);
  return lines
    .flatMap(({ labels, points }) =>
      joinMoments(
        points.map(({ at }) => at),
        range.step,
      ).map((span) => ({ ...span, name: labels['alertname'] ?? '', slo: labels['slo'] })),
    )
    .toSorted((a, b) => a.from - b.from);
}

/** lost = accepted − stored − duplicates − dead − pending, as the ledger reckons it minute by minute. */
async function readLost({ client, scope, period, end }: ReportQuestion): Promise<LostEvents> {
  const missing = select(scope, 'ledger_imbalance_events', 'kind="missing"');
  const most = `max(max_over_time(${missing}[${period.seconds}s]))`;
  const at = async (time: number) => single(await client.query(most, time));
  return { now: await at(end), before: await at(end - period.seconds) };
}

async function readClasses({ client, scope, period, end }: ReportQuestion): Promise<ClassActual[]> {
  const count = (kind: string) => {
    const series = select(scope, `slo:${kind}_by_class:rate2m`);
    const summed = `sum_over_time(${series}[${period.seconds}s])`;
    return client.query(`${baseIntervalSeconds} * sum by (slo, account_class) (${summed})`, end);
  };
  const nameOf = ({ labels }: Sample) => `${labels['slo']} ${labels['account_class']}`;
  const bad = new Map((await count('bad')).map((sample) => [nameOf(sample), sample.value]));
  return (await count('valid'))
    .filter(({ value }) => value > 0)
    .map((sample) => ({
      slo: sample.labels['slo'] ?? '',
      accountClass: sample.labels['account_class'] ?? '',
      valid: sample.value,
      bad: bad.get(nameOf(sample)) ?? 0,
    }));
}

async function readEvents({ client, scope, period, end }: ReportQuestion): Promise<EventCounts> {
  const window = `${period.seconds}s`;
  const read = async (expression: string) => single(await client.query(expression, end));
  const increase = (name: string) => read(`sum(increase(${select(scope, name)}[${window}]))`);
  return {
    accepted: await increase('events_accepted_total'),
    stored: await increase('events_stored_total'),
    duplicate: await increase('events_duplicate_total'),
    dead: await increase('events_dead_total'),
  };
}

function rangeOf({ period, end }: ReportQuestion) {
  const step = Math.max(baseIntervalSeconds, Math.ceil(period.seconds / mostPoints));
  return { from: end - period.seconds + step, to: end, step };
}

/** The one number of an aggregation; a NaN says that there was nothing to divide. */
function single([sample]: readonly Sample[]): number | undefined {
  return sample === undefined || Number.isNaN(sample.value) ? undefined : sample.value;
}
