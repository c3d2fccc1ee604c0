/** With rows as lines, and with packed ones (packed-rows.ts). */
export const jobFormats = { lines: 2, packed: 3 };

/** Every format that this build reads, oldest first. A build that adds one goes on reading these. */
export const readableFormats: readonly number[] = [jobFormats.lines, jobFormats.packed];

/** What every worker of every build that is still supported reads: what to write while none has spoken. */
export const oldestFormat = jobFormats.lines;

/**
 * A job of a format that is newer than all that this build reads. It is whole, and another build can read
 * it: it must neither use up its attempts nor become a dead letter.
 */
export class NewerFormat extends Error {
  override name = 'NewerFormat';
  readonly format: number;

  constructor(format: number) {
    super(`The job is of format ${format}, which this build does not read`);
    this.format = format;
  }
}

/** What a job begins with, as `JSON.stringify` writes it. */
export const startOf = (format: number) => `{"v":${format},`;

/** The format that a text says it has; undefined when it is no job of any build. */
export function formatOf(text: string): number | undefined {
  const digits = /^\{"v":([1-9]\d{0,8}),/.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
