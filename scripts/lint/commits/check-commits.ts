// Fails when a commit since the main branch has no conventional subject. Run by .ci/run; without history it passes.
import { spawnSync } from 'node:child_process';
import { subjectProblem } from './subject-problem.ts';

/** Standard output of git; undefined if git is missing or fails. */
function git(...args: string[]): string | undefined {
  const { status, stdout } = spawnSync('git', args, { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

const base = ['origin/HEAD', 'origin/main', 'main']
  .map((branch) => git('merge-base', 'HEAD', branch))
  .find((commit) => commit !== undefined);
const subjects = base && git('log', '--no-merges', '--format=%h %s', `${base}..HEAD`);

if (subjects === undefined) console.log('not checked: there is no history of a main branch');
const problems = (subjects ?? '').split('\n').flatMap((line) => {
  if (line === '') return [];
  const [commit = '', ...words] = line.split(' ');
  const problem = subjectProblem(words.join(' '));
  return problem === undefined ? [] : [`${commit}: the subject ${problem}: ${words.join(' ')}`];
});
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
