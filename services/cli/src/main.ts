import { registerAccountCommands } from './accounts/commands.ts';
import { registerDeadLetterCommands } from './dead-letters/commands.ts';
import { registerEraseCommand } from './erase/commands.ts';
import { registerKeyCommands } from './keys/commands.ts';
import { createProgram } from './lib/create-program.ts';
import { runProgram } from './lib/run-program.ts';

// The commands of `ep` that work on PostgreSQL and Redis themselves, for `kubectl exec … -- node ep.js keys create`:
// an installation needs a first key, and the images hold no clone of this repository.
const program = createProgram('Keys, accounts, dead letters and erasures of this installation.');

registerKeyCommands(program);
registerAccountCommands(program);
registerDeadLetterCommands(program);
registerEraseCommand(program);

process.exitCode = await runProgram(program, process.argv);
