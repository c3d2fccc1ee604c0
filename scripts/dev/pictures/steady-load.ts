import { randomUUID } from 'node:crypto';
import { fetchApi, networkProblem } from '@event-platform/testkit/client/event-client';

/** Sent each second. */
const loadPerSecond = { posts: 15, eventsPerPost: 5, summaries: 6 } as const;

export interface SteadyLoadOptions {
  /** Of the api, without a path. */
  url: string;
  /** Requests go to each of these in turn. */
  accounts: readonly string[];
  /** Aborted at the end: what is open then is left. */
  signal: AbortSignal;
}

/** Posts events and asks for summaries at a steady pace, whatever the answers. Returns what ends it. */
export function startSteadyLoad({ url, accounts, signal }: SteadyLoadOptions): () => void {
  const { posts, eventsPerPost, summaries } = loadPerSecond;
  let turn = 0;
  const nextAccount = () => accounts[turn++ % accounts.length] ?? '';
  const send = (path: string, init?: RequestInit) =>
    void fetchApi({ url, apiKey: undefined, signal }, path, init)
      .then((response) => response.text())
      // An api that does not answer is what the run is about.
      .catch(networkProblem);
  const post = () => {
    const account = nextAccount();
    const events = Array.from({ length: eventsPerPost }, () => ({
      event_id: randomUUID(),
      account_id: account,
      user_id: `user-${turn % 50}`,
      type: 'page_view',
    }));
    const headers = { 'content-type': 'application/json' };
    send('/events', { method: 'POST', headers, body: JSON.stringify(events) });
  };
  const ask = () => send(`/accounts/${nextAccount()}/summary?window=24h`);
  const timers = [setInterval(post, 1_000 / posts), setInterval(ask, 1_000 / summaries)];
  return () => {
    for (const timer of timers) clearInterval(timer);
  };
}
