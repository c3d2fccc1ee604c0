#!/usr/bin/env node
import { registerFamilies } from './families.ts';
import { createProgram } from './lib/create-program.ts';
import { runProgram } from './lib/run-program.ts';
import { packageFamilies } from './package-families.ts';

// `ep` of the packed package, for an operator's own machine: `npx ./event-platform-cli-….tgz ep watch`.
const program = createProgram('The operator’s commands of the event platform.');

await registerFamilies(program, packageFamilies, process.argv[2]);
process.exitCode = await runProgram(program, process.argv);
