import { seededRandom, type Random } from '@event-platform/testkit/harness/seeded-random';
import { postText } from '../events/event-texts.ts';
import { population, sampleEvent } from '../events/sample-event.ts';
import { accountPlaceholder, Template, timestampPlaceholder } from '../events/template.ts';
import type { SenderPlan } from './load-plan.ts';

/** About so many events in the templates of one connection, so that users and times vary. */
const eventsPerConnection = 200;

/**
 * Makes the requests of each connection as whole HTTP messages; together they go through all accounts of
 * the sender.
 */
export function requestTemplates(
  plan: SenderPlan,
  port: number,
  connections: number,
  nowMs: number,
): Template[][] {
  const { accounts = [plan.account], eventsPerRequest } = plan;
  const random = seededRandom(eventsPerRequest);
  const names = typeof accounts === 'number' ? [accountPlaceholder] : accounts;
  const most = typeof accounts === 'number' ? population.accounts : accounts.length;
  const perConnection = Math.min(most, Math.ceil(eventsPerConnection / eventsPerRequest));
  let next = 0;
  return Array.from({ length: connections }, () =>
    Array.from({ length: perConnection }, () => {
      const account = names[next++ % names.length] ?? plan.account;
      return new Template(requestText(plan, port, account, random, nowMs));
    }),
  );
}

function requestText(
  { eventsPerRequest, keys, hasFixedTimes }: SenderPlan,
  port: number,
  account: string,
  random: Random,
  nowMs: number,
): string {
  const events = Array.from({ length: eventsPerRequest }, () => {
    const event = sampleEvent(random, account, nowMs);
    return postText(hasFixedTimes ? event : { ...event, timestamp: timestampPlaceholder });
  });
  const body = events.length === 1 ? events.join('') : `{"events":[${events.join(',')}]}`;
  const key = keys?.[account];
  const lines = [
    'POST /events HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    ...(key === undefined ? [] : [`Authorization: Bearer ${key}`]),
  ];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}
