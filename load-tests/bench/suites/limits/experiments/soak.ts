import type { Lab } from '../../../lab/lab.ts';
import { privateBytesOfFamily, residentBytes } from '../../../lab/process-memory.ts';
import type { Platform } from '../../../baselines/platform.ts';
import { parseRedisInfo } from '../../../report/conditions.ts';
import { sustain, type Sustained, type SustainOptions } from './sustain.ts';

/** One sample of a long run. Bytes; seconds since its start. */
export interface SoakSample {
  seconds: number;
  apiBytes: number;
  workerBytes: number;
  redisBytes: number;
  /** Of all its processes, without what they share. */
  postgresBytes: number;
  /** As Redis reports it: without fragmentation. */
  redisUsedBytes: number;
  waitingEvents: number;
}

export interface Soak extends Sustained {
  samples: SoakSample[];
}

/** A long run in which the memory of every process is watched. */
export async function soak(lab: Lab, platform: Platform, options: SustainOptions): Promise<Soak> {
  const samples: SoakSample[] = [];
  const probe = async (seconds: number, waitingEvents: number) => {
    const memory = parseRedisInfo(await lab.redis.info('memory'));
    samples.push({
      seconds,
      apiBytes: residentBytes(platform.apiPid),
      workerBytes: residentBytes(platform.workerPid),
      redisBytes: residentBytes(lab.redisServer.pid),
      postgresBytes: privateBytesOfFamily(lab.postgres.pid),
      redisUsedBytes: Number(memory['used_memory']),
      waitingEvents,
    });
  };
  const onSample = async (seconds: number, waiting: number) => {
    await probe(seconds, waiting);
    await options.onSample(seconds, waiting);
  };
  return { ...(await sustain(platform, { ...options, onSample })), samples };
}
