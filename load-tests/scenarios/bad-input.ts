import { makeEvents, pick } from './lib/events.ts';
import { answersExpected } from './lib/metrics.ts';
import { postBody } from './lib/post.ts';
import { steady } from './lib/profiles.ts';
import { someTenant } from './lib/run.ts';
import { scenario } from './lib/scenario.ts';
import { errorRate, expectedAnswers, lag, postLatency } from './report/slo.ts';

export const { options, setup, teardown, handleSummary, probe } = scenario({
  name: 'bad-input',
  about:
    'Half of the requests are broken in one way or another: each gets its own answer, and no other suffers.',
  load: steady({ rate: 40, seconds: 60 }),
  slos: [expectedAnswers, postLatency, errorRate, lag],
});

interface Case {
  status: number;
  code?: string;
  accepted?: number;
  /** Of one good event of the tenant. */
  body: (good: Record<string, unknown>) => string;
}

const list = (...events: unknown[]) => JSON.stringify(events);
const rejected = { status: 400, code: 'all_rejected' };

/** What docs/contract.md says to each. */
const badCases: Case[] = [
  { status: 400, code: 'body_empty', body: () => '' },
  { status: 400, code: 'json_invalid', body: (good) => `${list(good)},` },
  { status: 400, code: 'envelope_invalid', body: () => '7' },
  { status: 413, code: 'too_many_events', body: () => list(...Array<number>(1_001).fill(1)) },
  { status: 413, code: 'body_too_large', body: (good) => list(good) + ' '.repeat(1_000_001) },
  { ...rejected, body: (good) => list({ ...good, type: '' }) },
  { ...rejected, body: (good) => list({ ...good, user_id: 7 }) },
  { ...rejected, body: (good) => list({ ...good, timestamp: 'yesterday' }) },
  { ...rejected, body: (good) => list({ ...good, metadata: { text: '\u0000' } }) },
  { ...rejected, body: (good) => list({ ...good, extra: 1 }) },
  // A bad event does not hold up a good one.
  { status: 202, accepted: 1, body: (good) => list(good, { ...good, type: 'x'.repeat(51) }) },
];

const goodCase: Case = { status: 202, accepted: 1, body: (good) => list(good) };

export default function (): void {
  const tenant = someTenant();
  const chosen = badCases[pick(2 * badCases.length)] ?? goodCase;
  const [event] = makeEvents(1);
  const good = { ...event, account_id: tenant.account };
  const { status, code, accepted } = postBody(tenant, chosen.body(good), chosen.accepted ?? 0);
  const isExpected =
    status === chosen.status && code === chosen.code && accepted === (chosen.accepted ?? 0);
  answersExpected.add(isExpected);
  if (!isExpected)
    console.warn(`expected ${chosen.status} ${chosen.code ?? ''}, got ${status} ${code ?? ''}`);
}
