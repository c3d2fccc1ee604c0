import { readShortFields, rowLine, rowSeparator } from '@event-platform/core/event/row-lines';
import { hashLength } from '@event-platform/core/queue/event-id-hash';
import type { QueuedGroup } from './queued-group.ts';
import { countIn } from './sort-events.ts';

/** A piece while it grows. */
interface Piece extends Pick<QueuedGroup, 'minuteCounts'> {
  lines: string[];
  hashes: string[];
  characters: number;
}

/**
 * Cuts a group into pieces of at most `maxCharacters` of rows, or one event. So there is a bound to what a
 * worker is given with a job, whatever a request may hold.
 *
 * Of events of one id the first counts, and the pieces may be stored in any order: a repeat goes into the
 * piece of the first one, where a worker sees both. Only its key is needed there, so it goes without its
 * metadata, or a request of nothing but repeats would be one piece of any size.
 */
export function cutGroup(group: QueuedGroup, maxCharacters: number): QueuedGroup[] {
  if (group.rows.length <= maxCharacters) return [group];
  const pieces: Piece[] = [];
  const homes = new Map<string, Piece>();
  group.rows.split(rowSeparator).forEach((whole, index) => {
    const fields = readShortFields(whole);
    const home = homes.get(fields.e);
    const line = home ? rowLine({ ...fields, m: '{}' }) : whole;
    const piece = home ?? withRoom(pieces, line.length, maxCharacters);
    homes.set(fields.e, piece);
    piece.lines.push(line);
    piece.hashes.push(group.ids.slice(index * hashLength, (index + 1) * hashLength));
    piece.characters += line.length;
    const minute = Math.floor(Date.parse(fields.s) / 60_000);
    countIn(piece.minuteCounts, { minute, type: fields.t });
  });
  return pieces.map(({ lines, hashes, minuteCounts }) => ({
    ...group,
    events: lines.length,
    rows: lines.join(rowSeparator),
    ids: hashes.join(''),
    minuteCounts,
  }));
}

/** The last piece, or a new one where that has no room. */
function withRoom(pieces: Piece[], characters: number, maxCharacters: number): Piece {
  const last = pieces.at(-1);
  if (last && last.characters + characters <= maxCharacters) return last;
  const fresh: Piece = { lines: [], hashes: [], characters: 0, minuteCounts: new Map() };
  pieces.push(fresh);
  return fresh;
}
