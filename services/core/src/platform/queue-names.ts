/** Names that the api, the worker, the scaler and the chart must agree on. */
export const defaultQueueName = 'events';

/** Braces keep every key in one hash slot, which Redis Cluster requires of a script's keys. */
export const defaultRedisPrefix = '{ep}';

/**
 * The version of the keys below and of what they hold. Raise it when one is renamed or changes its contents: processes
 * of the two versions then do not see each other's keys, so an upgrade needs an empty queue (docs/upgrades.md).
 */
export const redisKeysVersion = 1;

/** The platform's own keys beside those of BullMQ (`<prefix>:<queue>:wait`, `…:prioritized`, and so on). */
export interface QueueKeys {
  /** Sorted set: account → the finish tag of its last job. */
  tags: string;
  /** String: the virtual clock, the greatest start tag known to be served. */
  clock: string;
  /** String: events accepted and not yet stored or dead. */
  pending: string;
  /** Set: minutes of which a hash of accepted events exists. */
  acceptedMinutes: string;
  /** Hash per minute: process and account → events handed to the queue. */
  accepted: (minute: number) => string;
  /** Sorted set: a live worker and the formats of jobs that it reads → when that expires. */
  workerFormats: string;
  /** String: the newest format that all live workers read when some were last seen. */
  newestFormat: string;
  /** BullMQ's own keys that admission reads. */
  wait: string;
  active: string;
  prioritized: string;
  delayed: string;
  /** Hash per account and window of the sliding limit. */
  limit: (accountId: string) => string;
  /** Set per account: hashes of the event ids that wait. */
  waitingIds: (accountId: string) => string;
  /** Channel of an api process: what its waiting requests wait for is stored or dead. */
  commitNotifications: (process: string) => string;
  /** The cached summary of an account and window. */
  summary: (accountId: string, window: string) => string;
}

/** Derives every key from the same two values that the chart hands to KEDA. */
export function queueKeys(prefix: string, queueName: string): QueueKeys {
  const queue = `${prefix}:${queueName}`;
  return {
    tags: `${prefix}:fair:tags`,
    clock: `${prefix}:fair:clock`,
    pending: `${prefix}:pending`,
    acceptedMinutes: `${prefix}:accepted:minutes`,
    accepted: (minute) => `${prefix}:accepted:${minute}`,
    workerFormats: `${prefix}:formats:workers`,
    newestFormat: `${prefix}:formats:newest`,
    wait: `${queue}:wait`,
    active: `${queue}:active`,
    prioritized: `${queue}:prioritized`,
    delayed: `${queue}:delayed`,
    limit: (accountId) => `${prefix}:limit:${accountId}`,
    waitingIds: (accountId) => `${prefix}:waiting:${accountId}`,
    commitNotifications: (process) => `${prefix}:stored:${process}`,
    summary: (accountId, window) => `${prefix}:summary:${accountId}:${window}`,
  };
}
