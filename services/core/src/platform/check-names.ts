import { isIP } from 'node:net';

/** Beside the keys of the queue, `<prefix>:<queue>:…`, lie the platform's own (queue-names.ts). */
const takenNames = [
  'fair',
  'pending',
  'accepted',
  'formats',
  'limit',
  'waiting',
  'stored',
  'summary',
];

/** Blanks, what ends a line or a terminal, and what a pattern of Redis' SCAN means something by. */
const unfitForKeys = /[\s\p{Cc}*?[\]\\"']/u;

/** Each says what is wrong with a value, as a sentence behind the name of its variable; undefined: nothing. */

/** QUEUE_NAME. */
export function whyNoQueueName(name: string): string | undefined {
  if (name.includes(':')) return 'holds no colon, which separates the parts of a key';
  if (unfitForKeys.test(name) || /[{}]/.test(name)) {
    return 'holds no blanks, quotes, braces or * ? [ ] \\; letters, digits, - and _ will do';
  }
  if (takenNames.includes(name)) return `is none of ${takenNames.join(', ')}: these keys are taken`;
  return undefined;
}

/** REDIS_PREFIX. */
export function whyNoPrefix(prefix: string): string | undefined {
  if (unfitForKeys.test(prefix)) {
    return 'holds no blanks, quotes or * ? [ ] \\; {ep} or {events-of-team-a} will do';
  }
  if (/[{}]/.test(prefix) && !/^[^{}]*\{[^{}]+\}[^{}]*$/.test(prefix)) {
    return 'has its braces around a name, as {ep}';
  }
  return undefined;
}

/** HOST: whether it can be bound shows when it is. */
export function whyNoHost(host: string): string | undefined {
  if (isIP(host) !== 0) return undefined;
  const isName = /^(?!-)[a-z0-9._-]{1,253}$/i.test(host) && !/^[\d.]+$/.test(host);
  return isName
    ? undefined
    : 'is an address or a name alone, such as 0.0.0.0, :: or localhost; the port has a variable of its own';
}

/** REDIS_USERNAME and REDIS_PASSWORD. */
export function whyNoSecret(value: string): string | undefined {
  return /[\r\n]$/.test(value)
    ? 'ends with a line break, as a Secret made by echo does; use printf, or kubectl create secret --from-literal'
    : undefined;
}
