import { z } from 'zod';
import { CliError } from '@event-platform/cli/lib/cli-error';

const reply = z.object({
  id: z.number(),
  result: z.unknown(),
  error: z.object({ message: z.string() }).optional(),
});
const targets = z.array(z.object({ type: z.string(), webSocketDebuggerUrl: z.string() }));

/** The one page of a Chromium that was started with a debugging port, asked by Chromium's own protocol. */
export class ChromiumPage {
  readonly #socket: WebSocket;
  readonly #open = new Map<number, PromiseWithResolvers<unknown>>();
  #lastId = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => this.#settle(String(data)));
    socket.addEventListener('close', () => {
      for (const { reject } of this.#open.values()) reject(new CliError('Chromium ended.'));
    });
  }

  /** @param port that Chromium listens at */
  static async at(port: number): Promise<ChromiumPage> {
    const answer = await fetch(`http://127.0.0.1:${port}/json/list`);
    const page = targets.parse(await answer.json()).find(({ type }) => type === 'page');
    if (page === undefined) throw new CliError('Chromium has no page.');
    const socket = new WebSocket(page.webSocketDebuggerUrl);
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => resolve());
      socket.addEventListener('error', () => reject(new CliError('Chromium cannot be asked.')));
    });
    return new ChromiumPage(socket);
  }

  /** @throws CliError with Chromium's own words when it refuses */
  async ask<T>(method: string, parameters: object, schema: z.ZodType<T>): Promise<T> {
    const id = ++this.#lastId;
    const answer = Promise.withResolvers<unknown>();
    this.#open.set(id, answer);
    this.#socket.send(JSON.stringify({ id, method, params: parameters }));
    return schema.parse(await answer.promise);
  }

  #settle(text: string): void {
    const { success, data } = reply.safeParse(JSON.parse(text));
    // What has no id is an event, which nobody asked for.
    if (!success) return;
    const waiting = this.#open.get(data.id);
    this.#open.delete(data.id);
    if (data.error) waiting?.reject(new CliError(`Chromium: ${data.error.message}`));
    else waiting?.resolve(data.result);
  }
}
