/** What the generator is to send: a closed loop, each connection waiting for its answer. */
export interface LoadPlan {
  /** Of 127.0.0.1; nothing else is ever called. Connections are spread evenly over them. */
  ports: readonly number[];
  connections: number;
  /** 1 posts bare events; more posts {"events":[…]}, all of one account. */
  eventsPerRequest: number;
  ids: 'v7' | 'v4';
  /** Every request belongs to the first account. */
  isHot: boolean;
  /** Every request is sent twice, the second time as the very same bytes. */
  isRepeated: boolean;
  /** So many accounts in turn, more than the usual population has. */
  accounts?: number;
  /** API key per account; absent: none is sent. */
  keys?: Record<string, string>;
}

/** A load ends after its seconds or so many requests, whichever comes first. */
export const maxRequests = 5_000_000;

/** What one load did. Instants are epoch milliseconds with fractions, comparable between processes. */
export interface LoadReport {
  startedAtMs: number;
  /** When the last answer had arrived. */
  endedAtMs: number;
  /** Requests by the status of their answer. */
  statuses: Record<string, number>;
  /** Events in requests that got 202. */
  acceptedEvents: number;
  /** Of these, events whose id had not been sent before. */
  distinctEvents: number;
  /** Of a closed loop: for information only, as it slows down with what it measures. */
  latencyMs: { p50: number; p99: number; max: number };
}

export type ToGenerator =
  { kind: 'prepare'; plan: LoadPlan } | { kind: 'run'; seconds: number; maxRequests: number };

export type FromGenerator =
  | { kind: 'prepared' }
  | { kind: 'progress'; acceptedEvents: number; seconds: number }
  /** The last request has been sent; answers are still to come. */
  | { kind: 'deadline' }
  | { kind: 'done'; report: LoadReport }
  | { kind: 'failed'; message: string };

/** Now, comparable between processes and finer than a millisecond. */
export function epochMs(): number {
  return performance.timeOrigin + performance.now();
}
