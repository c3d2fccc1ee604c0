import { join } from 'node:path';
import { Redis } from 'ioredis';
import { defaultQueueName } from '@event-platform/core/platform/queue-names';
import { createLogger } from '@event-platform/core/platform/logger';
import { createPool } from '@event-platform/core/platform/postgres';
import { awaitRest } from '@event-platform/testkit/checker/await-rest';
import { JournalWriter, readJournal } from '@event-platform/testkit/checker/journal';
import { checkEvidence, type CheckResult } from '@event-platform/testkit/checker/check-evidence';
import { readKept, readQueue } from '@event-platform/testkit/checker/read-evidence';
import type { Service } from '@event-platform/testkit/servers/service';
import { longestPause, startLimitedStack } from './limited-stack.ts';
import { fuzzStructure, type StructureResult } from './structure-fuzz.ts';

export interface StructureRunSettings {
  /** For programs, logs and the journal. */
  dir: string;
  memoryMiB: number;
  databaseUrl: string;
  redisUrl: string;
  redisPrefix: string;
  requests: number;
  seed: number;
  maxSeconds: number;
  onProgress?: (done: number) => void;
}

/** What happened to a service process meanwhile. */
export interface ServiceReport {
  /** How it ended, each time that it ended by itself. */
  ends: string[];
  /** Processes that the kernel killed for want of memory. */
  oomKills: number;
  peakMiB: number | undefined;
  /** The longest pause of its event loop. */
  longestPauseMs: number;
  /** The most CPU time that one turn of its event loop used. */
  longestTurnCpuMs: number;
}

export interface StructureReport {
  result: StructureResult;
  api: ServiceReport;
  worker: ServiceReport;
  /** Whether the queue came to rest in time. */
  isAtRest: boolean;
  checked: CheckResult;
}

const oddAccounts = 4;
const restTimeoutMs = 180_000;
const ledgerTimeoutMs = 60_000;

/**
 * Starts api and worker in memory groups, sends bodies of odd structure, waits until the queue is empty,
 * and compares what is stored with what was accepted.
 */
export async function runStructure(settings: StructureRunSettings): Promise<StructureReport> {
  const { dir, seed, requests, maxSeconds, onProgress } = settings;
  const accounts = Array.from({ length: oddAccounts }, (_, at) => `structure-${seed}-odd-${at}`);
  accounts.push(`structure-${seed}-neighbour`);
  const stack = await startLimitedStack({ ...settings, accounts });
  const journalFile = join(dir, 'journal.ndjson');
  const journal = new JournalWriter(journalFile);
  try {
    const beganAtEpochMs = Date.now();
    const { api, worker, keys } = stack;
    const result = await fuzzStructure({
      ...{ url: api.url, keys, requests, seed, maxSeconds, journal },
      ...(onProgress && { onProgress }),
    });
    const { isAtRest, checked } = await checkKept(settings, journalFile);
    return {
      ...{ result, isAtRest, checked },
      api: reportOf(api, dir, beganAtEpochMs),
      worker: reportOf(worker, dir, beganAtEpochMs),
    };
  } finally {
    journal.close();
    await stack.stop();
  }
}

function reportOf(service: Service, dir: string, sinceEpochMs: number): ServiceReport {
  const { oomKills = 0, peakBytes } = service.memory() ?? {};
  const pause = longestPause(service, dir, sinceEpochMs);
  return {
    ends: [...service.slot.unexpectedExits],
    oomKills,
    peakMiB: peakBytes === undefined ? undefined : Math.round(peakBytes / 1024 / 1024),
    longestPauseMs: Math.round(pause.clockMs),
    longestTurnCpuMs: Math.round(pause.cpuMs),
  };
}

async function checkKept(
  { databaseUrl, redisUrl, redisPrefix }: StructureRunSettings,
  journalFile: string,
): Promise<Pick<StructureReport, 'isAtRest' | 'checked'>> {
  const redis = new Redis(redisUrl, { maxRetriesPerRequest: 1 });
  redis.on('error', () => undefined);
  const pool = createPool(
    {
      url: databaseUrl,
      ...{ max: 2, statementTimeoutMs: 120_000, applicationName: 'event-platform-fuzz' },
    },
    createLogger('fuzz', 'error'),
  );
  try {
    const names = { prefix: redisPrefix, queueName: defaultQueueName };
    const isAtRest = await awaitRest(() => readQueue(redis, names), restTimeoutMs);
    const queue = await readQueue(redis, names);
    const attempted = readJournal(journalFile);
    const kept = await readKept([{ name: 'main', pool }], undefined, ledgerTimeoutMs);
    return { isAtRest, checked: checkEvidence({ attempted, ...kept, queue }) };
  } finally {
    redis.disconnect();
    await pool.end();
  }
}
