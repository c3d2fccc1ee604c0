import { readShortFields, rowLine, rowSeparator } from '@event-platform/core/event/row-lines';
import { hashLength } from '@event-platform/core/queue/event-id-hash';
import { BatchBuilder, type Batch } from './batch.ts';

/** A piece while it grows. */
interface Piece {
  batch: BatchBuilder;
  characters: number;
}

/**
 * Cuts a batch into pieces of at most `maxCharacters` of rows, or one event. This bounds what a worker is given
 * with a job, whatever a request may hold.
 *
 * Of events of one id the first counts, and the pieces may be stored in any order: a repeat goes into the
 * piece of the first one, where a worker sees both. Only its key is needed there, so it goes without its
 * metadata, or a request of nothing but repeats would be one piece of any size.
 */
export function cutBatch(batch: Batch, maxCharacters: number): Batch[] {
  if (batch.rows.length <= maxCharacters) return [batch];
  const pieces: Piece[] = [];
  const pieceOf = new Map<string, Piece>();
  batch.rows.split(rowSeparator).forEach((whole, index) => {
    const fields = readShortFields(whole);
    const earlier = pieceOf.get(fields.event_id);
    const line = earlier ? rowLine(fields) : whole;
    const piece = earlier ?? pieceWithRoom(pieces, batch, line.length, maxCharacters);
    pieceOf.set(fields.event_id, piece);
    const hash = batch.ids.slice(index * hashLength, (index + 1) * hashLength);
    piece.batch.add(line, hash, {
      minute: Math.floor(Date.parse(fields.timestamp) / 60_000),
      type: fields.type,
    });
    piece.characters += line.length;
  });
  return pieces.map((piece) => piece.batch.finish());
}

/** The last piece, or a new one where that has no room. */
function pieceWithRoom(
  pieces: Piece[],
  { accountId, minute }: Batch,
  characters: number,
  maxCharacters: number,
): Piece {
  const last = pieces.at(-1);
  if (last && last.characters + characters <= maxCharacters) return last;
  const piece: Piece = { batch: new BatchBuilder(accountId, minute), characters: 0 };
  pieces.push(piece);
  return piece;
}
