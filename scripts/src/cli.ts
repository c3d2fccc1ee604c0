#!/usr/bin/env node
import { Command } from 'commander';
import { registerSendCommands } from './send/commands.ts';
import { runProgram } from './lib/run-program.ts';

const program = new Command('ep')
  .description('The tools of the event platform, behind the targets of the Makefile.')
  .showHelpAfterError('Add --help to see how it is used.')
  // Set before the commands are added, which inherit it.
  .exitOverride();

registerSendCommands(program);

process.exitCode = await runProgram(program, process.argv);
