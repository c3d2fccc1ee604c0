import { joinLines, linesOf, type Lines, type Rows } from '../../event/row-lines.ts';

/**
 * Rows one part after the other, as COPY is sent them: small parts joined, since each chunk is a message,
 * and large ones unpacked only when it is their turn. Not beyond `maxBytes` by more than one part.
 */
export function* copyChunks(parts: Iterable<Rows>, maxBytes: number): Generator<Lines, void> {
  let batched: Lines[] = [];
  let bytes = 0;
  for (const part of parts) {
    const lines = linesOf(part);
    batched.push(lines);
    bytes += lines.length;
    if (bytes < maxBytes) continue;
    yield joinLines(batched);
    // An empty part at the head of the next chunk puts a separator between the two.
    batched = [''];
    bytes = 0;
  }
  if (bytes > 0) yield joinLines(batched);
}
