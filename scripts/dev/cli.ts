#!/usr/bin/env node
import { registerFamilies } from '@event-platform/cli/families';
import { createProgram } from '@event-platform/cli/lib/create-program';
import { runProgram } from '@event-platform/cli/lib/run-program';
import { families } from './register-commands.ts';

const help = `
Without an address, commands work on the servers of \`make up\`.
Exit codes: 0 done, 1 failed or a problem found, 2 usage error.`;

const program = createProgram(
  'The tools of the event platform, behind the targets of the Makefile.',
).addHelpText('after', help);

await registerFamilies(program, families, process.argv[2]);
process.exitCode = await runProgram(program, process.argv);
