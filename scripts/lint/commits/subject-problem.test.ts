import { expect, test } from '@jest/globals';
import { subjectProblem } from './subject-problem.ts';

test.each(['feat(api): a route', 'refactor!: words', 'fix(core/queue)!: keys', 'docs: recipes'])(
  'a conventional subject passes: %j',
  (subject) => {
    expect(subjectProblem(subject)).toBeUndefined();
  },
);

test.each([
  ['a route', 'is not `type(scope): what changes`'],
  ['feature(api): a route', 'is not `type(scope): what changes`'],
  ['feat(api):', 'is not `type(scope): what changes`'],
  [`feat: ${'x'.repeat(67)}`, 'has 73 characters, 72 at most'],
])('a subject that is not conventional or too long is reported: %j', (subject, problem) => {
  expect(subjectProblem(subject)).toBe(problem);
});
