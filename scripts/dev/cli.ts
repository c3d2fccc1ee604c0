#!/usr/bin/env node
import { createProgram } from '@event-platform/cli/lib/create-program';
import { runProgram } from '@event-platform/cli/lib/run-program';
import { registerCommands } from './register-commands.ts';

const help = `
Without an address given, commands work on the servers of \`make up\`.
Exit codes: 0 done, 1 failed or found wanting, 2 not understood.`;

const program = createProgram(
  'The tools of the event platform, behind the targets of the Makefile.',
).addHelpText('after', help);

await registerCommands(program, process.argv[2]);
process.exitCode = await runProgram(program, process.argv);
