import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

export interface TrafficPlan {
  /** Where the api answers, such as `http://10.0.0.1:30080`. */
  url: string;
  /** An API key that may write for every account. */
  key: string;
  /** Start of every event id: two plans must differ in it. */
  run: string;
  accounts: readonly string[];
  requestsPerSecond: number;
  eventsPerRequest: number;
  /** Ends by itself after so many requests; absent: when it is stopped. */
  requests?: number;
}

/** What was sent, and what the way was like. */
export interface TrafficReport {
  /** Every event id by account. All of them were acknowledged in the end. */
  sent: Map<string, string[]>;
  requests: number;
  /** Answers other than 202, and connections that broke; each request was tried again until it got 202. */
  failures: string[];
  /** Milliseconds from the first try of each request to its 202, in the order of their ends. */
  latenciesMs: number[];
}

export interface Traffic {
  /** Requests that got their 202 so far. */
  acknowledged: () => number;
  /** Resolves when all requests of a plan with an end have been answered. */
  done: Promise<TrafficReport>;
  /** Sends no more, and resolves when the last request has been answered. */
  stop: () => Promise<TrafficReport>;
}

const tickMs = 10;
/** More requests than this wait for an answer only when something is broken; then the rate drops. */
const maxInFlight = 256;
const retryPauseMs = 250;
const giveUpAfterMs = 120_000;

/**
 * Sends events at a constant rate, whatever the answers. A request that fails is noted and sent again
 * with the same ids until it is acknowledged, as a client that wants to lose nothing does.
 */
export function startTraffic(plan: TrafficPlan): Traffic {
  const report: TrafficReport = { sent: new Map(), requests: 0, failures: [], latenciesMs: [] };
  const began = performance.now();
  const agent = new Agent({ keepAlive: true });
  const deliveries: Promise<void>[] = [];
  let inFlight = 0;
  let acknowledged = 0;
  let stopped = false;

  async function send(): Promise<void> {
    inFlight++;
    const sentAtMs = performance.now();
    await deliver(plan, agent, nextBody(plan, report), report.failures, began);
    report.latenciesMs.push(performance.now() - sentAtMs);
    acknowledged++;
    inFlight--;
  }
  async function run(): Promise<TrafficReport> {
    const wanted = plan.requests ?? Infinity;
    while (!stopped && report.requests < wanted) {
      const due = Math.ceil(((performance.now() - began) / 1000) * plan.requestsPerSecond);
      while (report.requests < Math.min(due, wanted) && inFlight < maxInFlight) {
        const delivery = send();
        delivery.catch(() => undefined);
        deliveries.push(delivery);
      }
      await sleep(tickMs);
    }
    await Promise.all(deliveries);
    agent.destroy();
    return report;
  }
  const done = run();
  // A suite that fails before it awaits this must not end in an unhandled rejection as well.
  done.catch(() => undefined);
  return {
    acknowledged: () => acknowledged,
    done,
    stop() {
      stopped = true;
      return done;
    },
  };
}

function nextBody(plan: TrafficPlan, report: TrafficReport): string {
  const number = report.requests++;
  const account = plan.accounts[number % plan.accounts.length] ?? 'none';
  const ids = report.sent.get(account) ?? [];
  report.sent.set(account, ids);
  const events = Array.from({ length: plan.eventsPerRequest }, (_, place) => {
    const id = `${plan.run}-${number}-${place}`;
    ids.push(id);
    return {
      event_id: id,
      account_id: account,
      user_id: `user-${number % 97}`,
      type: number % 2 === 0 ? 'page_view' : 'click',
      metadata: { number, path: '/prices', run: plan.run },
    };
  });
  return JSON.stringify(events);
}

async function deliver(
  plan: TrafficPlan,
  agent: Agent,
  body: string,
  failures: string[],
  began: number,
): Promise<void> {
  const deadline = performance.now() + giveUpAfterMs;
  for (;;) {
    const failure = await post(plan, agent, body);
    if (failure === undefined) return;
    const atSeconds = ((performance.now() - began) / 1000).toFixed(1);
    failures.push(`${atSeconds} s: ${failure}`);
    if (performance.now() > deadline) throw new Error(`Not acknowledged for 2 minutes: ${failure}`);
    await sleep(retryPauseMs);
  }
}

/** Returns why the request failed, or undefined when all its events were accepted. */
async function post({ url, key, eventsPerRequest }: TrafficPlan, agent: Agent, body: string) {
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    authorization: `Bearer ${key}`,
  };
  try {
    const signal = AbortSignal.timeout(20_000);
    const sent = request(`${url}/events`, { method: 'POST', agent, headers, signal });
    sent.end(body);
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    const answer = await text(response);
    if (response.statusCode !== 202) return `${response.statusCode ?? 0} ${answer.slice(0, 200)}`;
    const { accepted } = JSON.parse(answer) as { accepted: number };
    return accepted === eventsPerRequest
      ? undefined
      : `${accepted} of ${eventsPerRequest} accepted`;
  } catch (error) {
    return String(error);
  }
}
