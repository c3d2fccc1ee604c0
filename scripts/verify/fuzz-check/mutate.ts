type Random = (below: number) => number;

const pick = <T>(random: Random, list: readonly T[]): T => list[random(list.length)] as T;

const texts = [
  ...['', ' ', 'a'.repeat(51), 'é'.repeat(256), '𝄞'.repeat(130), '\0', 'a\0b', '\ud800', '\udc00x'],
  ...[
    '__proto__',
    'constructor',
    '\u2028',
    '"',
    '\\',
    "'; DROP TABLE events; --",
    '1970-01-01',
    'null',
  ],
  ...[
    '2026-11-23T09:00:00Z',
    '2026-02-30T00:00:00Z',
    '2026-11-23T09:00:00+99:99',
    '9999-12-31T23:59:59Z',
  ],
];

/** A text that something on the way might not like. */
export function nastyText(random: Random): string {
  return pick(random, texts);
}

/** Values as JSON text, since some of them no JavaScript value would give. */
const values = [
  ...['null', 'true', '0', '-0', '-1', '1e400', '-1e400', '1e-400', '9007199254740993', '0.1e-7'],
  ...['{}', '[]', '[[]]', '{"__proto__":{"a":1}}', '{"a":1,"a":2}', '{"":""}', 'NaN', '01', '1.'],
  ...['['.repeat(40) + ']'.repeat(40), '{"a":'.repeat(20) + '1' + '}'.repeat(20)],
  ...['"\\ud83d"', '"\\u0000"', '"\\x"', `"${'x'.repeat(70_000)}"`],
];

/** The JSON text of a value in which one to three places hold something else, or are missing. */
export function mutateJson(random: Random, value: unknown): string {
  const marked = structuredClone(value);
  const replacements: string[] = [];
  for (let changes = 1 + random(3); changes > 0; changes--) {
    const place = randomObject(random, marked);
    const key = pick(random, [...Object.keys(place), 'extra']);
    if (random(5) === 0) Reflect.deleteProperty(place, key);
    else {
      const text = random(2) === 0 ? pick(random, values) : JSON.stringify(nastyText(random));
      place[key] = `@@${replacements.push(text) - 1}@@`;
    }
  }
  return JSON.stringify(marked).replaceAll(
    /"@@(\d+)@@"/g,
    (_, index: string) => replacements[Number(index)] ?? 'null',
  );
}

/** The value itself or, somewhere below, one that has fields. */
function randomObject(random: Random, value: unknown): Record<string, unknown> {
  let at = value as Record<string, unknown>;
  for (;;) {
    const inner = Object.values(at).filter((one) => typeof one === 'object' && one !== null);
    if (inner.length === 0 || random(2) === 0) return at;
    at = pick(random, inner) as Record<string, unknown>;
  }
}

/** The same bytes with some of them changed, doubled, left out or cut off. */
export function mutateBytes(random: Random, bytes: Buffer): Buffer {
  const at = random(bytes.length + 1);
  const length = 1 + random(16);
  const [head, rest] = [bytes.subarray(0, at), bytes.subarray(at)];
  const noise = Buffer.from(Array.from({ length }, () => random(256)));
  const kinds = [
    () => head,
    () => Buffer.concat([head, rest.subarray(length)]),
    () => Buffer.concat([head, noise, rest]),
    () => Buffer.concat([head, noise, rest.subarray(length)]),
    () => Buffer.concat([head, rest.subarray(0, length), rest]),
    () => Buffer.concat([bytes, bytes]),
  ];
  return pick(random, kinds)();
}
