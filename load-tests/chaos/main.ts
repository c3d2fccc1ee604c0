import { dirname, join } from 'node:path';
import { whyNoMemoryGroups } from '@event-platform/testkit/servers/memory-group';
import { listScenarios, parseChaosOptions, type ChaosOptions } from './options.ts';
import { formatRun, formatSummary } from './report/format.ts';
import { wrongs, type RunRecord } from './run/run-record.ts';
import {
  coresHere,
  loadResults,
  saveResults,
  writeDocument,
  type ChaosResults,
} from './report/save.ts';
import type { Scenario } from './harness/scenario.ts';
import { runAll } from './run/run-all.ts';
import { makeChaosDirectory, removeChaosDirectory } from './harness/chaos-directory.ts';
import { canMount } from './harness/small-disk.ts';
import { PostgresTemplate } from './harness/template.ts';

/** How long the load runs before it is hurt: a second to warm up, then what is compared with. */
const beforeMs = 4_000;

const options = parseChaosOptions(process.argv.slice(2));
if (options.list) console.log(listScenarios());
else if (options.report) report(options, loadResults(options.out));
else await hurt(options);
// A run that failed half-way may have left child processes, which end with this one.
process.exit();

async function hurt(options: ChaosOptions): Promise<void> {
  const { seed, rounds, lanes, rate } = options;
  const scenarios = options.scenarios.filter((scenario) => {
    const reason = whyNot(scenario);
    if (reason !== undefined) console.log(`${scenario.name}: skipped. ${reason}`);
    return reason === undefined;
  });
  const stopped = new AbortController();
  process.once('SIGINT', () => {
    console.log('Ending the runs at hand; once more ends at once.');
    stopped.abort();
  });
  const total = scenarios.length * rounds;
  console.log(`${total} runs by seed ${seed}, ${rate} events/s, ${lanes} at once`);
  const dir = makeChaosDirectory();
  const records: RunRecord[] = [];
  const earlier = options.append ? loadResults(options.out) : { invocations: [], records: [] };
  const how = { seed, rounds, lanes, rate, beforeMs };
  const at = new Date().toISOString();
  const results = (): ChaosResults => ({
    invocations: [
      ...earlier.invocations,
      { at, seed, runs: records.length, lanes, rate, cores: coresHere() },
    ],
    records: [...earlier.records, ...records],
  });
  try {
    const template = await PostgresTemplate.make(dir);
    const keepIn = join(dirname(options.out), 'chaos-failed');
    const onRun = (record: RunRecord) => {
      records.push(record);
      console.log(`${String(records.length).padStart(3)}/${total}  ${formatRun(record)}`);
      // Each time: whatever ends a long run early does not take what it has found.
      saveResults(options.out, results());
    };
    await runAll({ dir, template, scenarios, keepIn, signal: stopped.signal, onRun, ...how });
  } finally {
    removeChaosDirectory(dir);
  }
  if (records.length === 0) console.log('No run has ended, so nothing is saved.');
  else report(options, results());
  if (records.some((record) => wrongs(record).length > 0)) process.exitCode = 1;
}

/** Why a scenario cannot be run on this machine. */
function whyNot({ needsRoot = false, needsMemoryGroups = false }: Scenario): string | undefined {
  if (needsRoot && !canMount) return 'It mounts a small disk, which takes root on Linux.';
  return needsMemoryGroups ? whyNoMemoryGroups() : undefined;
}

function report({ out, docs }: ChaosOptions, results: ChaosResults): void {
  if (docs) writeDocument(results);
  console.log(`\n${formatSummary(results.records)}\nSaved: ${out}`);
}
