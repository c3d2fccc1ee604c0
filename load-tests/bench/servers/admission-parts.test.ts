import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { keepParts, parseParts, type AdmissionPart } from './admission-parts.ts';

const script = readFileSync(
  new URL('../../../services/api/src/admission/admit.lua', import.meta.url),
  'utf8',
);
const every: AdmissionPart[] = ['window', 'gate', 'tag'];

test('with every part the script is the api’s own', () => {
  expect(keepParts(script, every)).toBe(script);
});

test.each(every)('%s alone touches the keys of no other part', (part) => {
  const code = keepParts(script, [part]);
  const has = (phrase: string) => code.includes(phrase);
  expect({
    window: has('local ring = readRing(KEYS[i])'),
    gate: has(`redis.call('SET', KEYS[3], pending)`) && has('verdict = 3'),
    tag: has(`redis.call('SET', KEYS[2], clock)`) && has('changed[account] = true'),
  }).toEqual({ window: part === 'window', gate: part === 'gate', tag: part === 'tag' });
});

test('a script that has changed is refused, and not measured as something else', () => {
  const changed = script.replace('verdict = 3', 'verdict = 9');
  expect(() => keepParts(changed, ['tag'])).toThrow(/admit\.lua has changed/);
  expect(() => parseParts('window,fence')).toThrow('window,fence');
});
