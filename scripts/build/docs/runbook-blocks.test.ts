import { beforeAll, describe, expect, test } from '@jest/globals';
import { Command } from 'commander';
import { registerFamilies } from '@event-platform/cli/families';
import { families } from '../../dev/register-commands.ts';
import { findEpCommandLines, problemOf } from './ep-command-lines.ts';
import { findRunbookBlocks, type RunbookBlock } from './runbook-blocks.ts';
import { readDocuments } from './read-documents.ts';

const program = new Command();
beforeAll(() => registerFamilies(program, families, undefined));

const runbooks = readDocuments().filter(({ path }) => path.startsWith('docs/runbooks/'));
const blocks = runbooks.flatMap(({ path, text }) =>
  findRunbookBlocks(text)
    .filter(({ isSetup }) => !isSetup)
    .map((block) => ({ path, block })),
);

/** Variables that the runbooks explain, and that the suite `runbooks` of the end-to-end tests sets. */
const variables = new Set([
  ...['NS', 'RELEASE', 'HELM_RELEASE', 'KEDA_NS'],
  ...['ACCOUNT', 'EVENT_ID', 'POD', 'API', 'KEY', 'EDITOR'],
]);
const namespaced = /^(?:kubectl|helm) -n "\$(?:NS|KEDA_NS)" /;
const inPod =
  /^kubectl -n "\$NS" exec (?:-i )?deploy\/"\$RELEASE"-(?:maintainer|api) -- ep [a-z-]+/;
const changing =
  /-- ep (?:accounts limit|dead (?:edit|discard)|keys (?:create|revoke)|queue (?:pause|resume))|^kubectl \S+ \S+ (?:annotate|create|delete|scale|patch|apply)|^helm \S+ \S+ (?:rollback|upgrade|test)/;

/** What is wrong with one command of a block. */
function problemsOf(command: string, { changes }: RunbookBlock): string[] {
  const problems: string[] = [];
  const [first = ''] = command.split(' ');
  if (['kubectl', 'helm'].includes(first) && !namespaced.test(command)) {
    problems.push('has no -n "$NS"');
  }
  if (first === 'curl' && !command.includes('"$API/')) problems.push('does not use $API');
  if (!['kubectl', 'helm', 'curl'].includes(first) && !changes) problems.push('is no such program');
  if (/ exec /.test(command) && !inPod.test(command)) problems.push('execs into another place');
  for (const line of findEpCommandLines(`\`\`\`sh\n${command}\n\`\`\`\n`)) {
    problems.push(...[problemOf(line, program) ?? []].flat());
  }
  for (const [, name = ''] of command.matchAll(/\$\{?([A-Z_]+)/g)) {
    if (!variables.has(name)) problems.push(`uses $${name}, which is not explained`);
  }
  for (const [, port = ''] of command.matchAll(/(?<!")(?::|--port[ =])(\d{2,5})\b/g)) {
    if (!['3000', '9090'].includes(port)) problems.push(`uses port ${port}`);
  }
  if (changing.test(command) && !changes) problems.push('changes something in a read-only block');
  return problems.map((problem) => `${command}: ${problem}`);
}

describe('the command blocks of the runbooks', () => {
  test('there are many, in nearly every runbook', () => {
    expect(blocks.filter(({ block }) => !block.changes).length).toBeGreaterThan(25);
    const without = runbooks.filter(({ path }) => !blocks.some((one) => one.path === path));
    expect(without.map(({ path }) => path)).toEqual([
      ...['docs/runbooks/README.md', 'docs/runbooks/slo-breached.md'],
    ]);
  });

  test('run as they are written: namespace, place, commands of ep, variables and ports exist', () => {
    const problems = blocks.flatMap(({ path, block }) =>
      block.commands.flatMap((command) =>
        problemsOf(command, block).map((problem) => `${path}: ${problem}`),
      ),
    );
    expect(problems).toEqual([]);
  });

  test('need no program that the images lack, and no port of another set-up', () => {
    const found = runbooks.flatMap(({ path, text }) =>
      [...text.matchAll(/redis-cli|psql|\b3001\b|node ep\.js/g)].map(
        ([word]) => `${path}: ${word}`,
      ),
    );
    expect(found).toEqual([]);
  });

  test('a block with a mistake is named', () => {
    const [block] = findRunbookBlocks(
      '```sh\nkubectl get pods\nkubectl -n "$NS" exec deploy/x -- ep queue pause --now\n```\n',
    );
    const problems = block?.commands.flatMap((command) => problemsOf(command, block)) ?? [];
    expect(problems.join('\n')).toMatch(
      /has no -n "\$NS"[^]*another place[^]*no option --now[^]*changes something/,
    );
  });
});
