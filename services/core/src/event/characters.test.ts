import { expect, test } from '@jest/globals';
import { firstCharacters, fitsCharacters } from './characters.ts';

test('an emoji is one character, as PostgreSQL counts it', () => {
  expect(fitsCharacters('😀'.repeat(255), 255)).toBe(true);
  expect(fitsCharacters('😀'.repeat(256), 255)).toBe(false);
  expect(fitsCharacters('e'.repeat(256), 255)).toBe(false);
});

test('cutting never leaves half a character', () => {
  expect(firstCharacters(`a${'😀'.repeat(300)}`, 255)).toBe(`a${'😀'.repeat(254)}`);
  expect(firstCharacters('short', 255)).toBe('short');
});
