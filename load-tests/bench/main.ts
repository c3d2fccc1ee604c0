import { runInLab } from './lab/run-in-lab.ts';
import type { Suite } from './suite.ts';

/** The first is what is measured when no other is chosen. */
const suites: Record<string, () => Promise<{ suite: Suite }>> = {
  baselines: () => import('./suites/baselines/suite.ts'),
  limits: () => import('./suites/limits/suite.ts'),
  growth: () => import('./suites/growth/suite.ts'),
  summaries: () => import('./suites/summaries/suite.ts'),
  fairness: () => import('./suites/fairness/suite.ts'),
};

const args = process.argv.slice(2);
const command = args.length === 0 ? 'make bench' : `make bench ARGS='${args.join(' ')}'`;
const at = args.indexOf('--suite');
const [, name = 'baselines'] = at < 0 ? [] : args.splice(at, 2);
const load = suites[name];
if (load === undefined) {
  console.error(`There is no suite ${name}: choose one of ${Object.keys(suites).join(', ')}.`);
  process.exit(1);
}
const { suite } = await load();
const { connections = 64, postgresSettings, run } = suite(args);
await runInLab(connections, (labRun) => run(labRun, command), postgresSettings);
