import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Platform } from '../../baselines/platform.ts';
import { withPlatform } from '../../baselines/with-platform.ts';
import type { LabRun } from '../../lab/run-in-lab.ts';
import { readConditions, type Conditions } from '../../report/conditions.ts';
import { formatMachine } from '../../report/markdown.ts';
import { publish } from '../../report/publish.ts';
import { accountNames } from '../../events/sample-event.ts';
import { bundlePrograms } from '@event-platform/scripts/build/images/bundle-programs';
import { findKnee } from './experiments/find-knee.ts';
import { freezePostgres, freezeShare, type Freeze } from './experiments/freeze-postgres.ts';
import { measureWaitingBytes } from './experiments/redis-bytes.ts';
import { soak, type Soak } from './experiments/soak.ts';
import { sustain, type SustainOptions } from './experiments/sustain.ts';
import type { LimitsOptions } from './options.ts';
import { formatLimits, sustainedText } from './report/markdown.ts';
import { plotSoak } from './report/plot-soak.ts';
import type { LimitsResults } from './report/results.ts';
import { formatSoak } from './report/soak.ts';

const pileUpSeconds = 3;
const sustainShare = 0.8;
const soakShare = 0.7;
const plotFile = fileURLToPath(new URL('../../../../docs/images/soak.svg', import.meta.url));

/** Everything in its order, on one pair of api and worker; each part is published once it is done. */
export async function runLimits(
  run: LabRun,
  options: LimitsOptions,
  command: string,
): Promise<void> {
  const { lab, progress } = run;
  const { outDir, docsDir } = options;
  const conditions = await readConditions(lab, {
    rounds: options.rounds,
    seconds: options.stepSeconds,
  });
  progress.say(`${formatMachine(conditions)}\n`);
  const programs = await bundlePrograms(lab.dir);
  const settings = { order: 'fair', workerEnv: {}, programs } as const;
  await withPlatform(Platform.start(lab, settings, accountNames), async (platform) => {
    await platform.beginAnew();
    const results = await measure(run, platform, options, conditions);
    const parts = { limits: formatLimits(results, command) };
    await publish({ name: 'limits', outDir, docsDir, results, parts }, progress);
    if (options.soakMinutes === 0) return;
    const found = await runSoak(run, platform, options, results.knee.rate);
    const svg = plotSoak(found.samples);
    writeFileSync(docsDir === undefined ? `${outDir}/soak.svg` : plotFile, svg);
    await publish(
      {
        name: 'soak',
        outDir,
        docsDir,
        results: { conditions, ...found },
        parts: { soak: formatSoak(found, conditions, command) },
      },
      progress,
    );
  });
}

async function measure(
  { lab, progress, signal }: LabRun,
  platform: Platform,
  options: LimitsOptions,
  conditions: Conditions,
): Promise<LimitsResults> {
  const knee = await findKnee(lab, platform, options, { progress, signal });
  progress.show('events pile up in Redis');
  const waiting = await measureWaitingBytes(lab, platform, conditions.bytes.post, pileUpSeconds);
  progress.say(
    `waiting  ${waiting.bytesPerEvent.toFixed(0)} bytes each of ${waiting.events} events`,
  );
  const freezes: Freeze[] = [];
  for (let round = 1; round <= options.rounds; round++) {
    signal.throwIfAborted();
    progress.show(`PostgreSQL stands still, round ${round}`);
    const { undisturbedSeconds } = options;
    const eventsPerSecond = knee.rate * freezeShare;
    const freeze = await freezePostgres(lab, platform, { eventsPerSecond, undisturbedSeconds });
    const { undisturbed, frozen } = freeze;
    progress.say(`freeze  p99 ${undisturbed.p99.toFixed(1)} → ${frozen.p99.toFixed(1)} ms`);
    freezes.push(freeze);
  }
  if (options.sustainMinutes === 0) return { conditions, knee, waiting, freezes };
  const sustained = await sustain(platform, {
    ...longRun(options, signal, (text) => progress.show(text)),
    eventsPerSecond: knee.rate * sustainShare,
    minutes: options.sustainMinutes,
    sampleSeconds: 1,
  });
  progress.say(`sustained  ${sustainedText(sustained)}`);
  return { conditions, knee, waiting, freezes, sustained };
}

function runSoak(
  { lab, progress, signal }: LabRun,
  platform: Platform,
  options: LimitsOptions,
  knee: number,
): Promise<Soak> {
  // In a log the run must show that it lives, too.
  let reported = 0;
  const report = (text: string) =>
    reported++ % 30 === 0 ? progress.say(text) : progress.show(text);
  return soak(lab, platform, {
    ...longRun(options, signal, report),
    eventsPerSecond: knee * soakShare,
    minutes: options.soakMinutes,
    sampleSeconds: options.sampleSeconds,
  });
}

/** What both long runs have in common. */
function longRun(
  { keepEvents }: LimitsOptions,
  signal: AbortSignal,
  report: (text: string) => void,
): Pick<SustainOptions, 'keepEvents' | 'signal' | 'onSample'> {
  return {
    keepEvents,
    signal,
    onSample: (seconds, waiting) => report(`${seconds.toFixed(0)} s  ${waiting} events wait`),
  };
}
