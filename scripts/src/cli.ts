#!/usr/bin/env node
import { Command } from 'commander';
import { runProgram } from './lib/run-program.ts';
import { registerCommands } from './register-commands.ts';

const help = `
Without an address given, commands work on the servers of \`make up\`.
Exit codes: 0 done, 1 failed or found wanting, 2 not understood.`;

const program = new Command('ep')
  .description('The tools of the event platform, behind the targets of the Makefile.')
  .showHelpAfterError('Add --help to see how it is used.')
  .addHelpText('after', help)
  // Set before the commands are added, which inherit it.
  .exitOverride();

await registerCommands(program, process.argv[2]);
process.exitCode = await runProgram(program, process.argv);
