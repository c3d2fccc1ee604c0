import { eventKey, type AttemptedEvent } from '@event-platform/testkit/checker/journal';
import type { DeadLetterRow, StoredEvent } from '@event-platform/testkit/checker/check-evidence';

/** How things stood at one moment. */
export interface Sample {
  /** Of a monotonic clock. */
  atMs: number;
  /** Distinct events that were accepted so far. */
  accepted: number;
  /** Events that were stored or dead; undefined when PostgreSQL did not answer. */
  kept: number | undefined;
}

/** Throughput has to hold for so long. */
export const windowMs = 2_000;

/** Of what is sent before the fault, so much has to be accepted: 90 % of little would prove little. */
export const minAcceptedShare = 0.8;

/** Of the rate before the fault, so much has to be back. */
const share = 0.9;

/** Events accepted a second between two moments; 0 without samples enough. */
export function acceptedRate(samples: readonly Sample[], fromMs: number, toMs: number): number {
  const inside = samples.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
  const [first, last] = [inside.at(0), inside.at(-1)];
  if (!first || !last || first === last) return 0;
  return (1_000 * (last.accepted - first.accepted)) / (last.atMs - first.atMs);
}

/**
 * When throughput was back to normal: the first moment after the end of the fault from which on, for
 * two seconds, 90 % of the rate before was accepted, 90 % was stored, and no backlog was left. Pure.
 *
 * @param rate events a second before the fault
 * @param maxWaiting events that may still wait: what a second brings, unless some may be lost for good
 * @returns milliseconds since the end of the fault; undefined when it is not back yet
 */
export function throughputBackMs(
  samples: readonly Sample[],
  healedAtMs: number,
  rate: number,
  maxWaiting: number = rate,
): number | undefined {
  for (const [index, start] of samples.entries()) {
    if (start.atMs < healedAtMs || start.kept === undefined) continue;
    const end = samples.slice(index).find(({ atMs }) => atMs >= start.atMs + windowMs);
    if (end?.kept === undefined) continue;
    const seconds = (end.atMs - start.atMs) / 1_000;
    const enough = share * rate * seconds;
    const isBack =
      end.accepted - start.accepted >= enough &&
      end.kept - start.kept >= enough &&
      start.accepted - start.kept <= maxWaiting;
    if (isBack) return start.atMs - healedAtMs;
  }
  return undefined;
}

/**
 * How long after the end of the fault the last event was stored, or became a dead letter, that had been
 * accepted before it: a few that hang would not show in the throughput. Pure.
 *
 * @param healedAtMs epoch milliseconds
 */
export function drainMs(
  attempted: ReadonlyMap<string, AttemptedEvent>,
  {
    stored,
    deadLetters,
  }: { stored: readonly StoredEvent[]; deadLetters: readonly DeadLetterRow[] },
  healedAtMs: number,
): number {
  const ends = [
    ...stored.map((event) => ({ key: eventKey(event), atMs: event.storedAtMs })),
    ...deadLetters.map((deadLetter) => ({
      key: eventKey(deadLetter),
      atMs: deadLetter.deadLetteredAtMs,
    })),
  ];
  const lateness = ends.map(({ key, atMs }) => {
    const acceptedAtMs = attempted.get(key)?.acceptedAtMs ?? Infinity;
    return acceptedAtMs <= healedAtMs ? atMs - healedAtMs : 0;
  });
  return lateness.reduce((latest, one) => Math.max(latest, one), 0);
}
