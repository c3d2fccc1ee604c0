const maxCharacters = 72;
const types = 'build|chore|ci|docs|feat|fix|perf|refactor|revert|style|test';
const conventional = new RegExp(`^(?:${types})(?:\\([a-z0-9][a-z0-9/-]*\\))?!?: \\S`);

/** What is wrong with the subject of a commit; undefined if it is conventional and short. Pure. */
export function subjectProblem(subject: string): string | undefined {
  if (!conventional.test(subject)) return 'is not `type(scope): what changes`';
  const { length } = subject;
  return length > maxCharacters ? `has ${length} characters, ${maxCharacters} at most` : undefined;
}
