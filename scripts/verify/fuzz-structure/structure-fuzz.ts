import { Agent } from 'node:http';
import { seededRandom, type Random } from '@event-platform/testkit/harness/seeded-random';
import type { JournalWriter } from '@event-platform/testkit/checker/journal';
import { classifyAttempt } from '@event-platform/testkit/checker/classify-attempt';
import {
  checkAnswer,
  parseAnswer,
  type RawAnswer,
} from '@event-platform/testkit/client/check-answer';
import { startNeighbour, type NeighbourReport } from './neighbour.ts';
import { chooseWay, sendShape, type Way } from './send-shape.ts';
import { kinds, shapeBody, type ShapedBody } from './shapes.ts';

export interface StructureSettings {
  /** Of the api, without a path. */
  url: string;
  /** Keys by account. The last account is the neighbour's, all others send what is odd. */
  keys: ReadonlyMap<string, string>;
  requests: number;
  seed: number;
  /** Nothing is begun after so long. */
  maxSeconds: number;
  journal: JournalWriter;
  onProgress?: (done: number) => void;
}

export interface StructureResult {
  sent: number;
  /** Bytes on the wire, and before gzip as far as that is known. */
  wireBytes: number;
  inflatedBytes: number;
  /** Answers by kind of body, then by what was answered. */
  answers: Map<string, Map<string, number>>;
  /** What the contract does not allow. */
  findings: { number: number; what: string; kind: string; way: Way }[];
  neighbour: NeighbourReport;
}

/** As many as are sent at once, each about as often as the others. */
const parallelisms = [1, 2, 4, 8, 16, 32];
/** One wave in so many consists of one kind of body alone. */
const pureWaveIn = 6;

/**
 * Sends bodies of odd structure in waves of changing parallelism, the same ones for the same seed, and
 * checks every answer; meanwhile another tenant posts at a steady pace.
 */
export async function fuzzStructure(settings: StructureSettings): Promise<StructureResult> {
  const run = new Run(settings);
  const random = seededRandom(settings.seed);
  const [account = '', key = ''] = [...settings.keys].at(-1) ?? [];
  const { url, seed, journal } = settings;
  const neighbour = { url, seed, journal, account, key, localAddress: '127.0.0.2' };
  const endNeighbour = startNeighbour(neighbour);
  try {
    await run.waves(random);
  } finally {
    run.end();
    run.result.neighbour = await endNeighbour();
  }
  return run.result;
}

class Run {
  readonly result: StructureResult;
  private readonly settings: StructureSettings;
  private readonly senders: { account: string; key: string; localAddress: string }[];
  private readonly agent = new Agent({ keepAlive: true });
  private next = 0;

  constructor(settings: StructureSettings) {
    this.settings = settings;
    this.senders = [...settings.keys].slice(0, -1).map(([account, key], index) => ({
      ...{ account, key, localAddress: `127.0.0.${3 + index}` },
    }));
    this.result = {
      ...{ sent: 0, wireBytes: 0, inflatedBytes: 0, answers: new Map(), findings: [] },
      neighbour: { statuses: new Map(), p50: NaN, p99: NaN, longest: NaN, ownPauseMs: NaN },
    };
  }

  async waves(random: Random): Promise<void> {
    const { requests, maxSeconds } = this.settings;
    const endsAtMs = performance.now() + maxSeconds * 1_000;
    while (this.next < requests && performance.now() < endsAtMs) {
      const parallelism = parallelisms[random(parallelisms.length)] ?? 1;
      const last = Math.min(requests, this.next + parallelism * (1 + random(4)));
      const only = random(pureWaveIn) === 0 ? kinds[random(kinds.length)] : undefined;
      const work = async () => {
        while (this.next < last) await this.one(this.next++, only);
      };
      await Promise.all(Array.from({ length: parallelism }, work));
    }
  }

  end(): void {
    this.agent.destroy();
  }

  /** Each has a seed of its own, so that one alone can be made again. */
  private async one(number: number, only: string | undefined): Promise<void> {
    const { url, seed, journal, onProgress } = this.settings;
    const random = seededRandom(seed * 1_000_003 + number * 7_919);
    const sender = this.senders[random(this.senders.length)];
    if (sender === undefined) throw new Error('No account is left to send.');
    const idPrefix = `structure-${seed}-${number}`;
    const body = await shapeBody(random, { account: sender.account, idPrefix }, only);
    const way = chooseWay(random);
    // Now and then twice, as a client does that did not hear the answer.
    const times = way === 'whole' && random(12) === 0 ? 2 : 1;
    for (let time = 1; time <= times; time++) {
      const entry = body.events.length > 0 ? journal.sent(body.events) : undefined;
      const target = { url, agent: this.agent, ...sender };
      const answer = await sendShape(target, body, way, random);
      if (entry !== undefined) journal.got(entry, outcomesOf(body, answer));
      this.note(number, body, way, answer);
    }
    onProgress?.(this.result.sent);
  }

  private note(number: number, body: ShapedBody, way: Way, answer: RawAnswer): void {
    const { result } = this;
    result.sent++;
    result.wireBytes += body.bytes.length;
    result.inflatedBytes += body.inflatedBytes;
    const what = way === 'cut' ? undefined : checkAnswer('POST', answer);
    if (what !== undefined) result.findings.push({ number, what, kind: body.kind, way });
    const reported = way === 'cut' ? 'cut by us' : answerName(answer);
    const ofKind = result.answers.get(body.kind) ?? new Map<string, number>();
    ofKind.set(reported, (ofKind.get(reported) ?? 0) + 1);
    result.answers.set(body.kind, ofKind);
  }
}

function outcomesOf(body: ShapedBody, answer: RawAnswer) {
  const reply = answer && { status: answer.status, body: parseAnswer(answer.text) };
  return classifyAttempt(body.events.length, reply);
}

function answerName(answer: RawAnswer): string {
  if (answer === undefined) return 'none';
  const { code } = (parseAnswer(answer.text) ?? {}) as { code?: unknown };
  return typeof code === 'string' ? `${answer.status} ${code}` : String(answer.status);
}
