import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { Command } from 'commander';
import { registerFamilies } from '@event-platform/cli/families';
import { runEp } from '@event-platform/testkit/client/run-ep';
import { families } from './register-commands.ts';

const namesOf = (program: Command) => program.commands.map((command) => command.name());

test('every command is listed under the family that registers it', async () => {
  for (const { commands, load } of families) {
    const program = new Command();
    (await load())(program);
    expect(namesOf(program).sort()).toEqual([...commands].sort());
  }
});

test('a command loads its family alone, and an unknown word loads all', async () => {
  const [one, all] = [new Command(), new Command()];
  await registerFamilies(one, families, 'down');
  await registerFamilies(all, families, '--help');
  expect(namesOf(one)).toEqual(['up', 'down']);
  expect(namesOf(all)).toEqual(families.flatMap(({ commands }) => commands));
});

test('the version is that of the package', async () => {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  expect(await runEp(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n` });
});
