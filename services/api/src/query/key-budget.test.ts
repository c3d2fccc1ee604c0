import { expect, test } from '@jest/globals';
import { KeyBudget } from './key-budget.ts';

test('the key written longest ago goes once an account has too many', () => {
  const budget = new KeyBudget(2, 10);
  expect(budget.note('a', 'k1')).toBeUndefined();
  expect(budget.note('a', 'k2')).toBeUndefined();
  expect(budget.note('a', 'k1')).toBeUndefined();
  expect(budget.note('a', 'k3')).toBe('k2');
  expect(budget.note('a', 'k4')).toBe('k1');
});

test('accounts do not push out the keys of one another', () => {
  const budget = new KeyBudget(1, 10);
  budget.note('a', 'k1');
  expect(budget.note('b', 'k2')).toBeUndefined();
  expect(budget.note('a', 'k3')).toBe('k1');
});

test('the account that wrote longest ago is forgotten once there are too many', () => {
  const budget = new KeyBudget(1, 2);
  budget.note('a', 'k1');
  budget.note('b', 'k2');
  budget.note('a', 'k1');
  budget.note('c', 'k3');
  expect(budget.note('b', 'k4')).toBeUndefined();
  expect(budget.note('c', 'k5')).toBe('k3');
});
