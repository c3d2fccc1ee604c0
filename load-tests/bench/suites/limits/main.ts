import { runLimits } from './run-limits.ts';
import { runInLab } from '../../lab/run-in-lab.ts';
import { commandText } from '../../command.ts';
import { parseLimitsOptions } from './options.ts';

const args = process.argv.slice(2);
const options = parseLimitsOptions(args);
/** Of loads that send as hard as they can; those at fixed times have as many as they need. */
const connections = 64;

await runInLab(connections, (run) => runLimits(run, options, commandText('bench-limits', args)));
