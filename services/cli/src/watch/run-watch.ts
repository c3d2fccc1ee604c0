import { closeSync, openSync, writeSync } from 'node:fs';
import { CliError } from '../lib/cli-error.ts';
import { findMissing } from './model/find-missing.ts';
import { viewScalers } from './model/view-scalers.ts';
import type { Snapshot } from './cluster/watch-release.ts';
import { openLog } from './screen/open-log.ts';
import { openScreen } from './screen/open-screen.ts';
import { formatSample } from './recording/ndjson.ts';
import type { RecordingOptions } from './recording/start-recording.ts';
import { sampleRelease } from './recording/sample-release.ts';
import type { TimelineEvent, TimelineSample } from './model/sample.ts';

export type WatchSettings = Pick<RecordingOptions, 'kubeConfig' | 'namespace' | 'release'> & {
  /** File of the recording; undefined: none. */
  record: string | undefined;
  /** Ends by itself after this long; undefined: not. */
  forMs: number | undefined;
};

const sampleEachMs = 1_000;
/** What the screen can show of the past. */
const keptSamples = 600;
const keptEvents = 500;

/** Watches until q, Ctrl-C or a signal; then closes what is open. */
export async function runWatch(settings: WatchSettings): Promise<void> {
  const { kubeConfig, namespace, release, record, forMs } = settings;
  const file = record === undefined ? undefined : openRecording(record);
  const history: TimelineSample[] = [];
  const events: TimelineEvent[] = [];
  const ended = createEnd(forMs);
  const display =
    process.stdout.isTTY && process.env['TERM'] !== 'dumb'
      ? openScreen(process.stdout, process.stdin, ended.end)
      : openLog(process.stdout);

  const onSample = (sample: TimelineSample, snapshot: Snapshot): void => {
    if (file !== undefined) writeSync(file, formatSample(sample));
    keep(history, [sample], keptSamples);
    keep(events, sample.events, keptEvents);
    display.show({
      release,
      namespace,
      context: kubeConfig.getCurrentContext(),
      history,
      scalers: viewScalers(snapshot.state),
      missing: findMissing(snapshot.problems, snapshot.state, sample, { release, namespace }),
      events,
      recordingTo: record,
    });
  };
  const sampling = sampleRelease({
    kubeConfig,
    namespace,
    release,
    intervalMs: sampleEachMs,
    onSample,
    onHistory: (past) => keep(events, past, keptEvents),
  });
  await ended.promise;
  await sampling.stop();
  display.close();
  if (file === undefined || record === undefined) return;
  closeSync(file);
  console.log(`Recorded to ${record}. Plot it in a clone: ep plot ${record}`);
}

function keep<T>(list: T[], more: readonly T[], most: number): void {
  list.push(...more);
  if (list.length > most) list.splice(0, list.length - most);
}

function openRecording(path: string): number {
  try {
    return openSync(path, 'wx');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') {
      throw new CliError(`${path} is there already: name another file, or remove it.`);
    }
    throw new CliError(`The recording cannot be written: ${message}.`);
  }
}

/** The end of the watch: the first call of `end`, a signal, or the time that was given. */
function createEnd(forMs: number | undefined): { promise: Promise<void>; end: () => void } {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const end = (): void => resolve(undefined);
  const timer = forMs === undefined ? undefined : setTimeout(end, forMs);
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.once(signal, end);
  // A reader that left, as `| head` does; each later line would be an error again.
  process.stdout.on('error', end);
  const done = promise.then(() => {
    clearTimeout(timer);
    for (const signal of signals) process.off(signal, end);
  });
  return { promise: done, end };
}
