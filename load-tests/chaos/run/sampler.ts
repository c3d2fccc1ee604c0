import { setTimeout as sleep } from 'node:timers/promises';
import type { Sample } from './recovery.ts';

const everyMs = 200;

/** Samples both ends of the platform several times a second. */
export class Sampler {
  readonly samples: Sample[] = [];
  private readonly accepted: () => number;
  private readonly countKept: () => Promise<number | undefined>;
  private isStopped = false;
  private readonly probing: Promise<void>;

  constructor(accepted: () => number, countKept: () => Promise<number | undefined>) {
    this.accepted = accepted;
    this.countKept = countKept;
    this.probing = this.probe();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.probing;
  }

  private async probe(): Promise<void> {
    while (!this.isStopped) {
      const kept = await this.countKept();
      this.samples.push({ atMs: performance.now(), accepted: this.accepted(), kept });
      await sleep(everyMs);
    }
  }
}
