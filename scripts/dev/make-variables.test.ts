import { expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const odd = `it's $HOME $(odd) \`"x"\\ & ; # 100%.ndjson`;

/** The words that a target calls its program with, as the shell reads them, without calling it. */
function wordsOf(target: string, variables: Record<string, string>): string[] {
  const assigned = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  // Stand-ins for Node.js and for the packages: what is called prints its arguments and its key.
  const print = `EP() { printf '%s\\0' "$EP_API_KEY" "$@"; }`;
  const env = { PATH: process.env['PATH'], EP_API_KEY: '' };
  const recipe = execFileSync(
    'make',
    ['--no-print-directory', '-n', target, 'EP=EP', 'INSTALLED=', ...assigned],
    { cwd: root, env, encoding: 'utf8' },
  );
  const script = `${print}\n${recipe}`;
  return execFileSync('sh', ['-c', script], { env, encoding: 'utf8' }).split('\0').slice(0, -1);
}

test.each<[string, Record<string, string>, string[]]>([
  ['send', { FILE: odd }, ['', 'send', odd]],
  ['send', { FILE: '', ARGS: '--batch 5' }, ['', 'send', '--batch', '5']],
  ['up', { PORT: odd, DETACH: '1' }, ['', 'up', '--port', odd, '--detach']],
  [
    'slo-report',
    { PERIOD: odd, PROMETHEUS: odd },
    ['', 'slo-report', '--period', odd, '--prometheus', odd],
  ],
  [
    'load',
    { SCENARIO: odd, KEY: odd, URL: odd, RATE: odd, DURATION: odd },
    [odd, 'load', odd, '--url', odd, '--rate', odd, '--duration', odd],
  ],
])('`make %s` passes on each variable as it is given: %j', (target, variables, expected) => {
  expect(wordsOf(target, variables)).toEqual(expected);
});
