import { runInLab } from './bench/lab/run-in-lab.ts';
import { runRounds } from './bench/run-rounds.ts';
import { wholeSystemYardstick } from './bench/yardsticks/whole-system.ts';
const n = Number(process.argv[2] ?? 1);
const secs = Number(process.argv[3] ?? 6);
const prof = process.argv[4] !== 'no';
const e = (d: string) => (prof ? { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=/tmp/prof/${d}` } : {});
await runInLab(64, async ({ lab, progress, signal }) => {
  const m = await runRounds(lab, [wholeSystemYardstick({ name: 'S', description: '', eventsPerRequest: n, api: e('api'), worker: e('worker') })], { rounds: 1, seconds: secs, signal } as never, progress);
  for (const r of m[0]!.runs) {
    console.log(r.events, r.seconds, Object.fromEntries(Object.entries(r.cpu as never as Record<string, number>).map(([k, v]) => [k, (v * 1e6) / r.events])));
  }
});
