import type { Report } from './report.ts';
import { formatMs, type Spread } from './run-data.ts';

/** A table of a report, whatever it is written in. */
export interface Section {
  title: string;
  header: string[];
  rows: string[][];
}

/** The tables of a report in their order: Markdown and HTML say the same. */
export function sectionsOf(report: Report): Section[] {
  const all = [thresholds(report), steps(report), figures(report), ledger(report)];
  return all.filter(({ rows }) => rows.length > 0);
}

/** One sentence that says how it went. */
export function headline({ result, slos, steps }: Report): string {
  const held = heldUpTo(steps);
  const kept =
    slos.length > 0 ? 'every promise was kept, and the ledger balances' : 'the ledger balances';
  if (result.isGood) return `Good: ${kept}.${held}`;
  return `Not good: ${result.reasons.join('; ')}.${held}`;
}

/** The last step that kept every promise, if there is one. */
function heldUpTo(all: Report['steps']): string {
  const last = all.findLast(({ isHeld }) => isHeld);
  if (!last) return '';
  const { requestsPerSecond, acceptedPerSecond } = last;
  const beyond =
    last === all.at(-1) ? ', the last step climbed: the knee is above, RATE asks for more' : '';
  return ` Held up to ${count(requestsPerSecond)} requests/s, ${count(acceptedPerSecond)} events/s${beyond}.`;
}

function thresholds({ slos }: Report): Section {
  return {
    title: 'Promises',
    header: ['promise', 'target', 'measured', 'kept'],
    rows: slos.map(({ title, target, actual, isMet }) => [title, target, actual, yesNo(isMet)]),
  };
}

function figures(report: Report): Section {
  const rows = [
    ['accepted, events/s', count(report.acceptedPerSecond)],
    ['stored, events/s, drain included', count(report.storedPerSecond)],
    ['drain after the load', `${report.drainSeconds.toFixed(1)} s`],
    ['load', `${report.loadSeconds.toFixed(0)} s, ${count(report.requests)} requests`],
    ['requests that k6 could not send in time', count(report.dropped)],
    ['accepted to stored, p50 / p95 / p99 / max', spread(report.lag)],
    ['POST /events, p50 / p95 / p99 / max', spread(report.post)],
  ];
  return { title: 'Figures', header: ['figure', 'value'], rows };
}

function ledger({ ledger: sums }: Report): Section {
  const rows = [
    ['accepted', count(sums.accepted)],
    ['stored', count(sums.stored)],
    ['duplicates', count(sums.duplicates)],
    ['dead', sums.dead === undefined ? 'not known' : count(sums.dead)],
    ['missing', count(sums.missing)],
    ['in lost answers', count(sums.uncertain)],
  ];
  return { title: 'Ledger', header: ['events', 'number'], rows };
}

function steps({ steps: all }: Report): Section {
  return {
    title: 'Steps',
    header: [
      'asked, requests/s',
      'sent, requests/s',
      'accepted, events/s',
      'POST p50 / p99',
      'stored after p50 / p95',
      'kept',
    ],
    rows: all.map(({ requestsPerSecond, sentPerSecond, acceptedPerSecond, post, lag, isHeld }) => [
      count(requestsPerSecond),
      count(sentPerSecond),
      count(acceptedPerSecond),
      post ? `${formatMs(post.p50)} / ${formatMs(post.p99)}` : '–',
      lag ? `${formatMs(lag.p50)} / ${formatMs(lag.p95)}` : '–',
      yesNo(isHeld),
    ]),
  };
}

function spread(value: Spread | undefined): string {
  if (!value) return 'not measured';
  return [value.p50, value.p95, value.p99, value.max].map(formatMs).join(' / ');
}

/** By hand: k6's engine has no locales. */
function count(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}

function yesNo(value: boolean): string {
  return value ? 'yes' : 'NO';
}
