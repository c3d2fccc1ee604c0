/** With rows as lines, and with packed ones (packed-rows.ts). */
export const jobFormats = { lines: 2, packed: 3 };

/** Every format that this build reads, oldest first. A build that adds one goes on reading these. */
export const readableFormats: readonly number[] = [jobFormats.lines, jobFormats.packed];

/** The format that workers of every supported build read: written while no worker has announced its formats. */
export const oldestFormat = jobFormats.lines;

/**
 * A job of a format that is newer than all that this build reads. It is whole, and another build can read it, so it
 * must neither use up its attempts nor become a dead letter.
 */
export class NewerFormat extends Error {
  override name = 'NewerFormat';
  readonly format: number;

  constructor(format: number) {
    super(`The job is of format ${format}, which this build does not read`);
    this.format = format;
  }
}

/** The first characters of a job of a format, as `JSON.stringify` writes them. */
export const startOf = (format: number) => `{"v":${format},`;

/** The format that a text states; undefined if it is not a job of any build. */
export function formatOf(text: string): number | undefined {
  const digits = /^\{"v":([1-9]\d{0,8}),/.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
