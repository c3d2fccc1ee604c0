/** What admit.lua does for a request, each of which can be left out. */
export type AdmissionPart = 'window' | 'gate' | 'tag';

const allParts: readonly AdmissionPart[] = ['window', 'gate', 'tag'];

interface Cut {
  /** Left out unless one of these is kept. */
  serves: readonly AdmissionPart[];
  phrase: string;
  instead: string;
}

/** The places of admit.lua that serve one part alone. */
const cuts: readonly Cut[] = [
  {
    serves: ['window'],
    phrase: `elseif ring.used + cost > limit then
    verdict, waitMs = 1, waitFor(KEYS[i], ring, cost, limit)`,
    instead: '',
  },
  {
    serves: ['window'],
    phrase: 'local ring = readRing(KEYS[i])',
    instead: 'local ring = { used = 0, events = 0 }',
  },
  {
    serves: ['gate'],
    phrase: `elseif (start - clock) * weight + cost > accountPending then
    verdict = 2
  elseif pending + cost > maxPending then
    verdict = 3`,
    instead: '',
  },
  {
    serves: ['gate'],
    phrase: `tonumber(redis.call('GET', KEYS[3]) or '0')`,
    instead: '0',
  },
  {
    serves: ['gate'],
    phrase: `if redis.call('EXISTS', KEYS[5], KEYS[6], KEYS[7]) == 0 then pending = 0 end`,
    instead: '',
  },
  { serves: ['gate'], phrase: `redis.call('SET', KEYS[3], pending)`, instead: '' },
  {
    serves: ['gate', 'tag'],
    phrase: `redis.call('ZRANGE', KEYS[4], 0, 0, 'WITHSCORES')`,
    instead: '{}',
  },
  { serves: ['tag'], phrase: `redis.call('DEL', KEYS[1])`, instead: '' },
  { serves: ['tag'], phrase: `tonumber(redis.call('GET', KEYS[2]) or '0')`, instead: '0' },
  {
    serves: ['tag'],
    phrase: `clock = math.max(clock, (math.floor(tonumber(head[2]) / 4294967296) - 1) * tagUnit)`,
    instead: '',
  },
  { serves: ['tag'], phrase: 'readTags()\nlocal result = {}', instead: 'local result = {}' },
  {
    serves: ['tag'],
    phrase: 'local start = math.max(clock, tags[account])',
    instead: 'local start = 0',
  },
  { serves: ['tag'], phrase: 'tags[account] = start + cost / weight', instead: '' },
  { serves: ['tag'], phrase: 'changed[account] = true', instead: '' },
  {
    serves: ['tag'],
    phrase: `redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', clock)`,
    instead: '',
  },
  { serves: ['tag'], phrase: `redis.call('SET', KEYS[2], clock)`, instead: '' },
];

/**
 * Reads a list such as `window,tag`.
 *
 * @throws Error when it names what is no part
 */
export function parseParts(list: string): AdmissionPart[] {
  const names = list.split(',').filter(Boolean);
  const parts = allParts.filter((part) => names.includes(part));
  if (parts.length < names.length) throw new Error(`Parts are ${allParts.join(', ')}: ${list}`);
  return parts;
}

/**
 * The script of admit.lua without the parts that are not to be kept.
 *
 * @throws Error when a place is not found exactly once, since the script has changed: a measurement
 *   of something else would be worse than none
 */
export function keepParts(script: string, parts: readonly AdmissionPart[]): string {
  return cuts
    .filter(({ serves }) => !serves.some((part) => parts.includes(part)))
    .reduce((text, { phrase, instead }) => {
      if (text.split(phrase).length !== 2) {
        throw new Error(`admit.lua has changed: this is not there once: ${phrase}`);
      }
      return text.replace(phrase, () => instead);
    }, script);
}
