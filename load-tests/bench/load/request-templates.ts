import { postText } from '../events/event-texts.ts';
import { seededRandom, type Random } from '@event-platform/testkit/harness/seeded-random';
import { accountName, population, sampleEvent } from '../events/sample-event.ts';
import { accountPlaceholder, Template } from '../events/template.ts';
import type { LoadPlan } from './load-plan.ts';

/** About so many events in the templates of one connection, so that users and times vary. */
const eventsPerConnection = 200;

/** Makes the requests of each connection as whole HTTP messages; they go through all accounts. */
export function requestTemplates(plan: LoadPlan, nowMs: number): Template[][] {
  const random = seededRandom(plan.eventsPerRequest);
  const perConnection = Math.min(
    population.accounts,
    Math.max(1, Math.ceil(eventsPerConnection / plan.eventsPerRequest)),
  );
  let next = 0;
  return Array.from({ length: plan.connections }, () =>
    Array.from({ length: perConnection }, () => {
      const account = plan.accounts ? accountPlaceholder : accountName(plan.isHot ? 0 : next++);
      return new Template(requestText(plan, account, random, nowMs));
    }),
  );
}

function requestText(plan: LoadPlan, account: string, random: Random, nowMs: number): string {
  const events = Array.from({ length: plan.eventsPerRequest }, () =>
    postText(sampleEvent(random, account, nowMs)),
  );
  return httpRequest(plan.ports[0] ?? 0, events, plan.keys?.[account]);
}

/** A whole POST /events: one event goes bare, several in an envelope. */
export function httpRequest(port: number, events: readonly string[], key?: string): string {
  const body = events.length === 1 ? events.join('') : `{"events":[${events.join(',')}]}`;
  const lines = [
    'POST /events HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    ...(key === undefined ? [] : [`Authorization: Bearer ${key}`]),
  ];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}
