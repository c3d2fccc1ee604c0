import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { defaultQueueName, defaultRedisPrefix } from '@event-platform/core/platform/queue-names';
import type { Scenario, Tools } from '../harness/scenario.ts';
import type { Harness } from '../harness/harness.ts';

/** Redis remembers so many of the scripts that come by EVAL, and forgets those used least lately. */
const remembered = 500;
const evictions = 3;
const flushes = 5;
const learnMs = 3_000;
const probeMs = 1_000;
/** What a healed api may take to use the queue again. */
const healedMs = 10_000;

export const scripts: Scenario[] = [
  {
    name: 'scripts-flushed',
    faults: 'SCRIPT FLUSH, five times',
    async run(harness, tools) {
      for (let time = 1; time <= flushes; time++) {
        await harness.withRedis((redis) => redis.script('FLUSH'));
        await tools.pause(700);
      }
      await expectQueueing(harness, tools);
    },
  },
  {
    name: 'scripts-evicted',
    faults: 'another program’s EVALs make Redis forget all other scripts, three times',
    async run(harness, tools) {
      for (let time = 1; time <= evictions; time++) {
        await harness.withRedis((redis) => evictAll(redis, time));
        await tools.pause(1_000);
      }
      await expectQueueing(harness, tools);
    },
  },
  {
    name: 'scripts-half-lost',
    faults: 'SCRIPT FLUSH, and only BullMQ’s scripts are loaded again; the same with only ours',
    async run(harness, tools) {
      for (const owner of ['BullMQ', 'us'] as const) {
        const texts = await learnScripts(harness);
        const kept = texts.filter((text) => ownerOf(text) === owner);
        if (kept.length === 0) throw new Error(`No script of ${owner} was used.`);
        await harness.withRedis((redis) => loadOnly(redis, kept));
        await tools.pause(2_000);
        await expectQueueing(harness, tools);
      }
    },
  },
];

/** Scripts that are loaded by SCRIPT LOAD are not evicted; the others are, by newer ones. */
async function evictAll(redis: Redis, time: number): Promise<void> {
  const calls = redis.pipeline();
  for (let number = 0; number <= remembered; number++) calls.eval(`return '${time}/${number}'`, 0);
  await calls.exec();
}

/** In one transaction, so that no other script is loaded in between. */
async function loadOnly(redis: Redis, texts: readonly string[]): Promise<void> {
  const transaction = redis.multi().script('FLUSH');
  for (const text of texts) transaction.script('LOAD', text);
  await transaction.exec();
}

/** Every script of BullMQ has this name for Redis' calls, and none of ours has. */
function ownerOf(text: string): 'BullMQ' | 'us' {
  return text.includes('rcall') ? 'BullMQ' : 'us';
}

/**
 * Starts api and worker anew with nothing loaded, and listens to what they load and run: whoever names
 * the scripts in the code, Redis has to be given their texts.
 */
async function learnScripts(harness: Harness): Promise<string[]> {
  const texts = new Set<string>();
  await harness.withRedis(async (redis) => {
    const stop = await monitor(redis, (command, parts) => {
      const isLoad = command === 'script' && parts[0]?.toLowerCase() === 'load';
      const text = command === 'eval' ? parts[0] : isLoad ? parts[1] : undefined;
      if (text !== undefined) texts.add(text);
    });
    await redis.script('FLUSH');
    for (const { slot } of [harness.api, ...harness.workers]) {
      await slot.stop();
      await slot.start();
    }
    await Promise.all([harness.api, ...harness.workers].map((service) => service.untilReady()));
    await sleep(learnMs);
    stop();
  });
  return [...texts];
}

/**
 * Listens to every command of Redis, on a connection of its own: ioredis' monitor fails when the first line
 * comes together with the answer to MONITOR.
 *
 * @param onCommand the name in lower case, and the arguments
 * @returns ends it
 */
async function monitor(
  { options: { host = '127.0.0.1', port = 6379 } }: Redis,
  onCommand: (name: string, parts: string[]) => void,
): Promise<() => void> {
  const socket = connect({ host, port });
  await once(socket, 'connect');
  socket.write('MONITOR\r\n');
  const lines = createInterface({ input: socket });
  lines.on('line', (line) => {
    const words = Array.from(line.matchAll(/"((?:[^"\\]|\\.)*)"/g), ([, word = '']) =>
      unescaped(word),
    );
    const [name = '', ...parts] = words;
    onCommand(name.toLowerCase(), parts);
  });
  await once(lines, 'line');
  return () => socket.destroy();
}

/** MONITOR writes line ends and quotes escaped. */
function unescaped(text: string): string {
  return text.replaceAll(/\\(n|r|t|"|\\)/g, (_, sign: string) => escapes[sign] ?? sign);
}

const escapes: Record<string, string> = { n: '\n', r: '\r', t: '\t' };

/**
 * Complains unless what is sent takes the way by the queue again: an api that writes everything directly
 * answers well too, until PostgreSQL is down.
 */
async function expectQueueing(harness: Harness, { complain }: Tools): Promise<void> {
  const deadline = performance.now() + healedMs;
  let jobs = 0;
  while (performance.now() < deadline) {
    const before = await countJobs(harness);
    await sleep(probeMs);
    jobs = (await countJobs(harness)) - before;
    if (jobs > 0) return;
  }
  complain(`the api queued ${jobs} jobs a second ${healedMs / 1_000} s after it lost its scripts`);
}

/** Every job that was ever added, by BullMQ's own count. */
async function countJobs(harness: Harness): Promise<number> {
  const key = `${defaultRedisPrefix}:${defaultQueueName}:id`;
  return Number(await harness.withRedis((redis) => redis.get(key)));
}
