import { z } from 'zod';
import { CliError } from './cli-error.ts';

const labels = z.record(z.string(), z.string());
const point = z.tuple([z.number(), z.string()]);
const answer = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('success'),
    data: z.discriminatedUnion('resultType', [
      z.object({
        resultType: z.literal('vector'),
        result: z.array(z.object({ metric: labels, value: point })),
      }),
      z.object({
        resultType: z.literal('matrix'),
        result: z.array(z.object({ metric: labels, values: z.array(point) })),
      }),
    ]),
  }),
  z.object({ status: z.literal('error'), error: z.string() }),
]);

/** One series at one moment. */
export interface Sample {
  labels: Record<string, string>;
  value: number;
}

/** One series over time; times in epoch seconds. */
export interface Line {
  labels: Record<string, string>;
  points: { at: number; value: number }[];
}

/** Queries one Prometheus over HTTP. */
export class PrometheusClient {
  readonly #url: string;

  /** @param url its address, without a path */
  constructor(url: string) {
    this.#url = url.replace(/\/+$/, '');
  }

  /**
   * @param at epoch seconds
   * @throws CliError when it does not answer, or does not understand the expression
   */
  async query(expression: string, at: number): Promise<Sample[]> {
    const data = await this.#query('query', { query: expression, time: String(at) });
    if (data.resultType !== 'vector') throw new CliError(`${expression} is no instant vector.`);
    return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
  }

  /**
   * @param range epoch seconds, and seconds between two points
   * @throws as above
   */
  async queryRange(
    expression: string,
    range: { from: number; to: number; step: number },
  ): Promise<Line[]> {
    const data = await this.#query('query_range', {
      query: expression,
      start: String(range.from),
      end: String(range.to),
      step: String(range.step),
    });
    if (data.resultType !== 'matrix') throw new CliError(`${expression} is no range.`);
    return data.result.map(({ metric, values }) => ({
      labels: metric,
      points: values.map(([at, value]) => ({ at, value: Number(value) })),
    }));
  }

  async #query(path: string, parameters: Record<string, string>) {
    const address = `${this.#url}/api/v1/${path}`;
    let found;
    try {
      const response = await fetch(address, {
        method: 'POST',
        body: new URLSearchParams(parameters),
        signal: AbortSignal.timeout(60_000),
      });
      found = answer.safeParse(await response.json());
    } catch (cause) {
      throw new CliError(
        `No Prometheus answers at ${this.#url}: give its address with --prometheus, or start one with \`make up OBSERVE=1\`.`,
        { cause },
      );
    }
    if (!found.success) throw new CliError(`${this.#url} does not answer as Prometheus does.`);
    if (found.data.status === 'error') throw new CliError(`Prometheus: ${found.data.error}`);
    return found.data.data;
  }
}
