import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { createApiKey } from '@event-platform/core/storage/accounts/api-keys';
import { seededRandom } from '@event-platform/testkit/harness/seeded-random';
import { hostileBody, type HostileKind } from '../../fuzz-structure/hostile-bodies.ts';
import { sendShape } from '../../fuzz-structure/send-shape.ts';
import type { ShapedBody } from '../../fuzz-structure/shapes.ts';
import { checkAnswer } from '@event-platform/testkit/client/check-answer';
import type { System } from './system.ts';

/** A tenant with a key of its own. */
export interface Sender {
  account: string;
  key: string;
}

/** What became of the bodies. */
export interface HostileReport {
  /** Ids of the events that were accepted, by account. */
  sent: Map<string, string[]>;
  /** Answers that the contract does not name, and bodies that had to be refused and were not. */
  wrong: string[];
  /** Answers that asked to come again later. */
  later: number;
}

const giveUpAfterMs = 120_000;
const retryPauseMs = 500;

/** Makes accounts that send, each with a key. */
export async function makeSenders(system: System, count: number): Promise<Sender[]> {
  const senders: Sender[] = [];
  for (let number = 0; number < count; number++) {
    const account = `hostile-${number}`;
    const wanted = { accountId: account, name: account, scopes: ['ingest' as const] };
    senders.push({ account, key: (await createApiKey(system.pool, wanted)).key });
  }
  return senders;
}

/**
 * Each sender posts one body at the same time as the others, and again when the answer says so, or
 * when there is none.
 *
 * @param run start of the ids of the events: the same one sends the same events again
 */
export async function postHostile(
  { url }: System,
  kind: HostileKind,
  senders: readonly Sender[],
  run: string,
): Promise<HostileReport> {
  const report: HostileReport = { sent: new Map(), wrong: [], later: 0 };
  const agent = new Agent({ keepAlive: true });
  try {
    const posts = senders.map(async (sender) => {
      const names = { account: sender.account, idPrefix: `${run}-${sender.account}` };
      await post(url, await hostileBody(kind, names), sender, agent, report);
    });
    await Promise.all(posts);
    return report;
  } finally {
    agent.destroy();
  }
}

async function post(
  url: string,
  body: ShapedBody,
  { account, key }: Sender,
  agent: Agent,
  report: HostileReport,
): Promise<void> {
  const deadline = performance.now() + giveUpAfterMs;
  while (performance.now() < deadline) {
    const answer = await sendShape({ url, key, agent }, body, 'whole', seededRandom(1));
    const what = checkAnswer('POST', answer);
    if (what !== undefined) report.wrong.push(`${body.kind}: ${what}`);
    const isLater = answer?.status === 429 || answer?.status === 503;
    if (isLater) report.later++;
    if (answer !== undefined && !isLater) {
      const isTaken = answer.status === 202;
      if (isTaken && body.events.length === 0) report.wrong.push(`${body.kind}: taken`);
      if (!isTaken && body.kind === 'large') report.wrong.push(`large: ${answer.text}`);
      if (isTaken)
        report.sent.set(
          account,
          body.events.map(({ eventId }) => eventId),
        );
      return;
    }
    await sleep(isLater ? 1_000 * Number(answer.retryAfter ?? 1) : retryPauseMs);
  }
  report.wrong.push(`${body.kind}: no answer that settles it within two minutes`);
}
