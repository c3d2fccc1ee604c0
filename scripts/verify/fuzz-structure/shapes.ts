import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Random } from '@event-platform/testkit/harness/seeded-random';
import type { JournalEvent } from '@event-platform/testkit/checker/journal';
import { makers, type Shape } from './makers.ts';

/** A body that is made by its structure, ready for the wire. */
export interface ShapedBody {
  kind: string;
  contentType: string;
  isGzip: boolean;
  bytes: Buffer;
  /** Before gzip, as far as it is known. */
  inflatedBytes: number;
  /** In the order of the results; empty where nothing in it may be taken. */
  events: JournalEvent[];
}

const deflate = promisify(gzip);

/** Below this the wire is left to chance; what is larger goes packed, or would only be too large. */
const plainBytes = 900_000;

/** The kinds of bodies there are, for a wave of one kind alone. */
export const kinds: readonly string[] = makers.map(({ kind }) => kind);

/**
 * Makes a body by the numbers of `random`.
 *
 * @param names gives events their account and the start of their ids
 * @param only this kind; undefined: any, by its weight
 */
export async function shapeBody(
  random: Random,
  names: { account: string; idPrefix: string },
  only?: string,
): Promise<ShapedBody> {
  const { kind, make } = chooseMaker(random, only);
  const shape = make(random, names);
  const events = 'events' in shape ? shape.events : [];
  const contentType = shape.isLines ? 'application/x-ndjson' : 'application/json';
  return { kind, contentType, events, ...(await pack(random, shape)) };
}

function chooseMaker(random: Random, only: string | undefined): (typeof makers)[number] {
  const chosen = makers.find(({ kind }) => kind === only);
  if (chosen) return chosen;
  let at = random(makers.reduce((sum, { weight }) => sum + weight, 0));
  for (const maker of makers) {
    at -= maker.weight;
    if (at < 0) return maker;
  }
  throw new Error('The weights of the makers do not add up.');
}

async function pack(
  random: Random,
  shape: Shape,
): Promise<Pick<ShapedBody, 'bytes' | 'isGzip' | 'inflatedBytes'>> {
  if ('packed' in shape) {
    return { bytes: shape.packed, isGzip: true, inflatedBytes: shape.inflatedBytes };
  }
  const text = Buffer.from(shape.text);
  const isGzip = !shape.isPlain && (text.length > plainBytes || random(3) === 0);
  const bytes = isGzip ? await deflate(text, { level: 1 + random(9) }) : text;
  return { bytes, isGzip, inflatedBytes: text.length };
}
