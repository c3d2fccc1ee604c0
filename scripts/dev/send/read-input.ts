import { createReadStream, statSync } from 'node:fs';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { CliError } from '@event-platform/cli/lib/cli-error';

const gzipMagic = [0x1f, 0x8b];

/** What the system says about a file that cannot be read, in words. */
const fileProblem: Record<string, string> = {
  ENOENT: 'does not exist: check the path',
  EACCES: 'may not be read by you: check its permissions',
  EISDIR: 'is a directory: name a file in it',
};

/**
 * Whether what a file holds is gone once it was read: standard input, a named pipe, what `<(…)` of a shell
 * makes, a device. It may be endless, too.
 */
export function isReadOnce(file: string): boolean {
  if (file === '-') return true;
  try {
    const stat = statSync(file);
    return !stat.isFile() && !stat.isDirectory();
  } catch {
    // Whoever reads it says why it cannot be.
    return false;
  }
}

/**
 * Streams a file, or standard input for `-`, and inflates gzip, recognized by its first bytes.
 *
 * @throws CliError when the file cannot be read or its gzip is damaged or cut short
 */
export async function* readInput(file: string): AsyncGenerator<Buffer> {
  const source: Readable =
    file === '-' ? process.stdin : createReadStream(file, { highWaterMark: 256 * 1024 });
  try {
    const chunks = source.iterator() as AsyncIterator<Buffer, undefined>;
    const first = await chunks.next();
    if (first.done) return;
    const whole = Readable.from(resume(first.value, chunks), { objectMode: false });
    const isGzip = gzipMagic.every((byte, index) => first.value[index] === byte);
    // The callback is empty as an error also ends the reading below.
    const plain = isGzip ? pipeline(whole, createGunzip(), () => undefined) : whole;
    for await (const chunk of plain) yield chunk as Buffer;
  } catch (error) {
    throw explained(error, file);
  } finally {
    source.destroy();
  }
}

async function* resume(first: Buffer, rest: AsyncIterator<Buffer, undefined>) {
  yield first;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

function explained(error: unknown, file: string): unknown {
  const name = file === '-' ? 'Standard input' : file;
  const code = (error as { code?: unknown }).code;
  if (typeof code !== 'string') return error;
  if (code.startsWith('Z_')) {
    const message = error instanceof Error ? error.message : code;
    return new CliError(
      `${name} is damaged as gzip (${message}): fetch it again, or make it anew with gzip.`,
    );
  }
  const problem = fileProblem[code];
  return problem === undefined ? error : new CliError(`${name} ${problem}.`);
}
