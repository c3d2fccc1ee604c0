#!/usr/bin/env node
import { Command } from 'commander';
import { registerAccountCommands } from './accounts/commands.ts';
import { registerChartCommand } from './chart/commands.ts';
import { registerCheckCommands } from './check/commands.ts';
import { registerDeadCommands } from './dead/commands.ts';
import { registerEndToEndCommand } from './e2e/commands.ts';
import { registerDocsCommand } from './docs/commands.ts';
import { registerDoctorCommand } from './doctor/commands.ts';
import { registerFuzzCommand } from './fuzz/commands.ts';
import { registerImagesCommand } from './images/commands.ts';
import { registerKeyCommands } from './keys/commands.ts';
import { registerLedgerCommand } from './ledger/commands.ts';
import { registerLoadCommand } from './load/commands.ts';
import { runProgram } from './lib/run-program.ts';
import { registerLocalCommands } from './local/commands.ts';
import { registerRulesCommand } from './slo/commands.ts';
import { registerScreenshotCommand } from './observe/commands.ts';
import { registerQueueCommands } from './queue/commands.ts';
import { registerReportCommand } from './slo/report/commands.ts';
import { registerSendCommands } from './send/commands.ts';
import { registerSimulateCommands } from './simulate/commands.ts';
import { registerWatchCommand } from './watch/commands.ts';

const help = `
Without an address given, commands work on the servers of \`make up\`.
Exit codes: 0 done, 1 failed or found wanting, 2 not understood.`;

const program = new Command('ep')
  .description('The tools of the event platform, behind the targets of the Makefile.')
  .showHelpAfterError('Add --help to see how it is used.')
  .addHelpText('after', help)
  // Set before the commands are added, which inherit it.
  .exitOverride();

registerLocalCommands(program);
registerSendCommands(program);
registerLoadCommand(program);
registerKeyCommands(program);
registerAccountCommands(program);
registerDeadCommands(program);
registerQueueCommands(program);
registerLedgerCommand(program);
registerCheckCommands(program);
registerDoctorCommand(program);
registerFuzzCommand(program);
registerDocsCommand(program);
registerChartCommand(program);
registerImagesCommand(program);
registerEndToEndCommand(program);
registerWatchCommand(program);
registerSimulateCommands(program);
registerRulesCommand(program);
registerReportCommand(program);
registerScreenshotCommand(program);

process.exitCode = await runProgram(program, process.argv);
