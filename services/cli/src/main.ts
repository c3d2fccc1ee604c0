#!/usr/bin/env node
import { imageFamilies, registerFamilies } from './families.ts';
import { createProgram } from './lib/create-program.ts';
import { runProgram } from './lib/run-program.ts';

// `ep` of the images, for `kubectl exec deploy/… -- ep ledger`. The addresses are those of the pod's environment.
const program = createProgram('The operator’s commands of the event platform.');

await registerFamilies(program, imageFamilies, process.argv[2]);
process.exitCode = await runProgram(program, process.argv);
