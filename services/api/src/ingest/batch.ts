import type { GroupCount } from './sort-events.ts';

/** Events of one account with their place in the queue. */
export interface QueuedGroup {
  accountId: string;
  events: number;
  rows: string;
  minuteCounts: Map<string, GroupCount>;
  ids: string;
  priority: number;
  /** The minute in which its events were received, in minutes since 1970. */
  minute: number;
  /** What the request that waits for these events is called (queue/stored-news.ts). */
  waiter?: number;
}
