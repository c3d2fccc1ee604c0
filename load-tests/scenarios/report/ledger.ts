import { countOf, type RunData } from './run-data.ts';

/** What was accepted against what became of it, in events. */
export interface Ledger {
  accepted: number;
  stored: number;
  /** Accepted again under an id that had been accepted. */
  duplicates: number;
  /** Undefined where the workers' metrics cannot be read. */
  dead: number | undefined;
  /** Accepted and neither stored nor dead when the wait was over. */
  missing: number;
  /** In requests whose answer was lost: they may be stored beyond what was accepted. */
  uncertain: number;
  /** Stored beyond what was accepted. */
  surplus: number;
  /** Why it does not balance; empty when it does. */
  problems: string[];
}

/** accepted = stored + duplicates + dead, when nothing is left in the queue. Pure. */
export function buildLedger(data: RunData): Ledger {
  const accepted = countOf(data, 'events_accepted');
  const duplicates = countOf(data, 'events_repeated');
  const stored = countOf(data, 'events_stored');
  const dead = data.metrics['events_dead'] ? countOf(data, 'events_dead') : undefined;
  const uncertain = countOf(data, 'events_sent') - countOf(data, 'events_checked');
  const rest = accepted - duplicates - stored - (dead ?? 0);
  const missing = Math.max(0, rest);
  const surplus = Math.max(0, -rest);
  const wasCut = countOf(data, 'drain_cut_short') > 0;
  const problems: string[] = [];
  if (missing > 0) {
    const why = wasCut ? 'still wait for the workers' : 'are not stored, though nothing moves';
    problems.push(`${missing} accepted events ${why}`);
  }
  if (surplus > uncertain) {
    problems.push(`${surplus} more events are stored than were accepted; does another load run?`);
  }
  return { accepted, stored, duplicates, dead, missing, uncertain, surplus, problems };
}
