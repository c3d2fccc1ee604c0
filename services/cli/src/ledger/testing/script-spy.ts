import { createHash } from 'node:crypto';
import { Redis } from 'ioredis';
import { closeRedis } from '@event-platform/core/platform/close-redis';

/** How BullMQ's scripts begin: each with a comment that says what it adds, moves and so on. */
const ofBullMq = /^--\[\[\n {2}\w+s /;

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** MONITOR shows text byte by byte, as it would stand in a program; ioredis has undone the quotes. */
function unescape(text: string): string {
  const bytes = text.replaceAll(
    /\\(?:x([0-9a-f]{2})|(.))/g,
    (_, hex?: string, escaped: string = '') =>
      hex === undefined ? (escapes[escaped] ?? escaped) : String.fromCharCode(parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1').toString();
}

/** Notes every script that any client sends to a Redis. */
export class ScriptSpy {
  readonly #monitor: Redis;
  readonly #client: Redis;
  readonly #texts = new Set<string>();

  private constructor(client: Redis, monitor: Redis) {
    this.#client = client;
    this.#monitor = monitor;
    monitor.on('monitor', (_time: string, [command = '', text = '']: string[]) => {
      if (command.toLowerCase() === 'eval') this.#texts.add(unescape(text));
    });
  }

  static async start(redisUrl: string): Promise<ScriptSpy> {
    const client = new Redis(redisUrl);
    return new ScriptSpy(client, await client.monitor());
  }

  /**
   * The texts of those that were sent so far.
   *
   * @throws Error when one of them is not what Redis has
   */
  async scripts(whose: 'ours' | 'BullMQ'): Promise<string[]> {
    const texts = [...this.#texts];
    const digests = texts.map((text) => createHash('sha1').update(text).digest('hex'));
    const known = (await this.#client.script('EXISTS', ...digests)) as number[];
    if (known.includes(0)) throw new Error('A script was not noted as it is');
    return texts.filter((text) => ofBullMq.test(text) === (whose === 'BullMQ'));
  }

  stop(): void {
    closeRedis(this.#client);
    closeRedis(this.#monitor);
  }
}
