import { buildLedger, type Ledger } from './ledger.ts';
import {
  countOf,
  readSlo,
  readTrend,
  type RunData,
  type SloResult,
  type Spread,
} from './run-data.ts';
import type { Slo } from './slo.ts';

export type { RunData } from './run-data.ts';

/** What the report has to know about a run beside its figures. */
export interface RunDescription {
  name: string;
  about: string;
  url: string;
  slos: readonly Slo[];
  /** Of the load as planned. */
  loadSeconds: number;
  /** Steps of a staircase, each with its requests a second and what it has to keep. */
  steps: readonly StepDescription[];
}

export interface StepDescription {
  step: string;
  requestsPerSecond: number;
  seconds: number;
  slos: readonly Slo[];
}

interface StepResult extends StepDescription {
  /** Requests, those of the probes too: below the step's own, k6 could not send them all. */
  sentPerSecond: number;
  acceptedPerSecond: number;
  post: Spread | undefined;
  lag: Spread | undefined;
  /** It was really sent, and every promise was kept. */
  isHeld: boolean;
}

/** Everything that a report says, as JSON. */
export interface Report {
  name: string;
  about: string;
  url: string;
  finishedAt: string;
  loadSeconds: number;
  /** Events a second with a 202, while the load ran. */
  acceptedPerSecond: number;
  /** Events a second stored, the drain included. */
  storedPerSecond: number;
  requests: number;
  /** Requests that k6 could not start in time. */
  dropped: number;
  drainSeconds: number;
  /** From acceptance to storing, of single events, in milliseconds. */
  lag: Spread | undefined;
  post: Spread | undefined;
  slos: SloResult[];
  ledger: Ledger;
  steps: StepResult[];
  result: { isGood: boolean; reasons: string[] };
}

/** Beyond this share of requests not sent, the load was not what it says. */
const maxDroppedShare = 0.01;

/** Below this share of its requests, a step was not climbed. */
const minSentShare = 0.9;

/** Beyond this share of probes that still waited at the end, the p95 of the lag is unknown. */
const maxUnknownShare = 0.05;

/** Makes the report of what k6 counted. Pure. */
export function buildReport(run: RunDescription, data: RunData, finishedAt: string): Report {
  const loadSeconds = Math.min(run.loadSeconds, data.state.testRunDurationMs / 1_000);
  const ledger = buildLedger(data);
  const drainSeconds = data.metrics['drain_seconds']?.values['value'] ?? 0;
  const slos = run.slos.map((slo) => readSlo(slo, data));
  const requests = countOf(data, 'iterations');
  const dropped = countOf(data, 'dropped_iterations');
  const reasons = [
    ...slos.filter(({ isMet }) => !isMet).map(({ title, actual }) => `${title}: ${actual}`),
    ...ledger.problems,
  ];
  if (requests === 0) reasons.unshift('the load did not begin');
  const lag = readTrend(data, 'accept_to_stored_ms');
  const probes = countOf(data, 'probes_sent');
  const waiting = probes - (lag?.samples ?? 0);
  if (waiting > maxUnknownShare * probes) {
    reasons.push(`${waiting} of ${probes} probes were not stored when the load ended`);
  }
  // A staircase is climbed until something gives, be it k6.
  const mayDrop = run.steps.length > 0;
  if (!mayDrop && dropped > maxDroppedShare * (requests + dropped)) {
    reasons.push(`k6 could not send ${dropped} of ${requests + dropped} requests in time`);
  }
  return {
    name: run.name,
    about: run.about,
    url: run.url,
    finishedAt,
    loadSeconds,
    acceptedPerSecond: perSecond(ledger.accepted, loadSeconds),
    storedPerSecond: perSecond(ledger.stored, loadSeconds + drainSeconds),
    requests,
    dropped,
    drainSeconds,
    lag,
    post: readTrend(data, 'post_ms'),
    slos,
    ledger,
    steps: readSteps(run.steps, data),
    result: { isGood: reasons.length === 0, reasons },
  };
}

function perSecond(events: number, seconds: number): number {
  return seconds > 0 ? events / seconds : 0;
}

/** Up to the first that broke; what came after it was cut off. */
function readSteps(steps: readonly StepDescription[], data: RunData): StepResult[] {
  const reached = steps.flatMap((step) => readStep(step, data));
  const broken = reached.findIndex(({ isHeld }) => !isHeld);
  return broken < 0 ? reached : reached.slice(0, broken + 1);
}

/** Nothing for a step that the run never reached. */
function readStep(description: StepDescription, data: RunData): StepResult[] {
  const { step, seconds, slos } = description;
  const accepted = countOf(data, `events_accepted{step:${step}}`);
  const post = readTrend(data, `post_ms{step:${step}}`);
  if (post === undefined) return [];
  const sentPerSecond = post.samples / seconds;
  const isSent = sentPerSecond >= minSentShare * description.requestsPerSecond;
  const isHeld = isSent && slos.every((slo) => readSlo(slo, data).isMet);
  const lag = readTrend(data, `accept_to_stored_ms{step:${step}}`);
  const acceptedPerSecond = accepted / seconds;
  return [{ ...description, sentPerSecond, acceptedPerSecond, post, lag, isHeld }];
}
