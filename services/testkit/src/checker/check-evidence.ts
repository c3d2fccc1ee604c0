import { eventKey, type AttemptedEvent } from './journal.ts';
import { isTaken } from './classify-attempt.ts';
import { isBalanced, type LedgerAccount } from './read-ledger.ts';

/** One row of `events`. */
export interface StoredEvent {
  accountId: string;
  eventId: string;
  type: string;
  /** `2026-11-23T09:30`, in UTC. */
  minute: string;
  hash: string;
  /** When it was committed, epoch milliseconds by PostgreSQL's clock. */
  storedAtMs: number;
}

/** One row of `dead_letters`. */
export interface DeadLetterRow {
  accountId: string;
  eventId: string;
  reason: string;
  hash: string;
  /** When it was committed last, epoch milliseconds by PostgreSQL's clock. */
  deadLetteredAtMs: number;
}

/** One row of `event_counts`. */
export interface RollUp {
  accountId: string;
  minute: string;
  type: string;
  count: number;
}

/** What was tried, and what is there after everything has come to rest. */
export interface Evidence {
  attempted: ReadonlyMap<string, AttemptedEvent>;
  /** Every row of every shard, as it stands: nothing was made distinct on the way. */
  stored: readonly StoredEvent[];
  deadLetters: readonly DeadLetterRow[];
  rollUps: readonly RollUp[];
  /** A line for each account and shard. */
  ledger: readonly LedgerAccount[];
  /** Jobs by state, of the states that are no end. */
  queue: Readonly<Record<string, number>>;
}

/**
 * What can be wrong:
 * - `lost`: accepted, and neither stored nor dead
 * - `unstored`: the same of an event that was called stored already
 * - `doubled`: more rows than one, or a row and a dead letter
 * - `altered`: stored or dead with another content than was sent
 * - `foreign`: stored or dead, and never sent
 * - `refused`: stored or dead, though every attempt was rejected
 * - `roll_up`: a count that is not the number of its rows
 * - `left`: jobs that are still in the queue
 * - `ledger`: an account whose ledger does not balance, or counts other rows than there are
 */
export type FindingKind =
  | 'lost'
  | 'unstored'
  | 'doubled'
  | 'altered'
  | 'foreign'
  | 'refused'
  | 'roll_up'
  | 'left'
  | 'ledger';

export interface Finding {
  kind: FindingKind;
  count: number;
  /** The first few, in words. */
  samples: string[];
}

export interface CheckResult {
  /** Distinct events by the best of their attempts. */
  attempted: number;
  accepted: number;
  unknown: number;
  rejected: number;
  /** Attempts whose outcome is unknown, whatever the next attempt brought. */
  unknownAttempts: number;
  /** Rows. */
  stored: number;
  dead: number;
  /** Empty: the promise was kept. */
  findings: Finding[];
}

/** A rule that the evidence has to fulfil. */
type Rule = (evidence: Evidence) => Finding[];

const rules: readonly Rule[] = [
  acceptedAreKept,
  keptAreAttempted,
  rollUpsEqualRows,
  queueIsEmpty,
  ledgerBalances,
];

const sampleSize = 5;

/** Holds the evidence against every rule. Pure. */
export function checkEvidence(evidence: Evidence): CheckResult {
  const outcomes = { stored: 0, ok: 0, unknown: 0, rejected: 0 };
  let unknownAttempts = 0;
  for (const event of evidence.attempted.values()) {
    outcomes[event.outcome]++;
    unknownAttempts += event.unknownAttempts;
  }
  return {
    attempted: evidence.attempted.size,
    accepted: outcomes.ok + outcomes.stored,
    unknown: outcomes.unknown,
    rejected: outcomes.rejected,
    unknownAttempts,
    stored: evidence.stored.length,
    dead: evidence.deadLetters.length,
    findings: rules.flatMap((rule) => rule(evidence)),
  };
}

/** How many of a kind were found. */
export function countFindings({ findings }: CheckResult, kind: FindingKind): number {
  return findings.find((finding) => finding.kind === kind)?.count ?? 0;
}

function acceptedAreKept({ attempted, stored, deadLetters }: Evidence): Finding[] {
  const kept = new Set([...stored, ...deadLetters].map(eventKey));
  const lost: string[] = [];
  const unstored: string[] = [];
  for (const [key, event] of attempted) {
    if (!isTaken(event.outcome) || kept.has(key)) continue;
    const at = event.acceptedAtMs === undefined ? '' : new Date(event.acceptedAtMs).toISOString();
    const list = event.outcome === 'stored' ? unstored : lost;
    list.push(`${nameOf(event)}, accepted at ${at}`);
  }
  return [...finding('lost', lost), ...finding('unstored', unstored)];
}

function keptAreAttempted({ attempted, stored, deadLetters }: Evidence): Finding[] {
  const seen = new Map<string, 'row' | 'dead letter'>();
  const doubled: string[] = [];
  const altered: string[] = [];
  const foreign: string[] = [];
  const refused: string[] = [];
  const inspect = (kept: StoredEvent | DeadLetterRow, as: 'row' | 'dead letter'): void => {
    const key = eventKey(kept);
    const earlier = seen.get(key);
    seen.set(key, as);
    if (earlier !== undefined) doubled.push(`${nameOf(kept)}, as ${earlier} and ${as}`);
    const event = attempted.get(key);
    if (event === undefined) foreign.push(`${nameOf(kept)}, as ${as}`);
    else if (event.hash !== kept.hash) altered.push(`${nameOf(kept)}, as ${as}`);
    else if (event.outcome === 'rejected') refused.push(`${nameOf(kept)}, as ${as}`);
  };
  for (const row of stored) inspect(row, 'row');
  for (const deadLetter of deadLetters) {
    // An unreadable job is no event; its dead letter has a name of its own.
    if (deadLetter.reason !== 'job_unreadable') inspect(deadLetter, 'dead letter');
  }
  return [
    ...finding('doubled', doubled),
    ...finding('altered', altered),
    ...finding('foreign', foreign),
    ...finding('refused', refused),
  ];
}

function rollUpsEqualRows({ stored, rollUps }: Evidence): Finding[] {
  const countKey = (row: Omit<RollUp, 'count'>) => `${row.accountId}\0${row.minute}\0${row.type}`;
  const counted = Map.groupBy(stored, countKey);
  const wrong: string[] = [];
  for (const [key, [rollUp, ...others]] of Map.groupBy(rollUps, countKey)) {
    if (rollUp === undefined) continue;
    // An account that has moved between shards has a part on each.
    const total = others.reduce((sum, { count }) => sum + count, rollUp.count);
    const rows = counted.get(key)?.length ?? 0;
    counted.delete(key);
    if (rows !== total) wrong.push(`${nameOfCount(rollUp)}: ${total} for ${rows} rows`);
  }
  for (const [row, ...others] of counted.values()) {
    if (row) wrong.push(`${nameOfCount(row)}: none for ${others.length + 1} rows`);
  }
  return finding('roll_up', wrong);
}

function queueIsEmpty({ queue }: Evidence): Finding[] {
  const left = Object.entries(queue).filter(([, jobs]) => jobs > 0);
  if (left.length === 0) return [];
  const count = left.reduce((sum, [, jobs]) => sum + jobs, 0);
  return [{ kind: 'left', count, samples: left.map(([state, jobs]) => `${jobs} ${state}`) }];
}

function ledgerBalances({ stored, ledger }: Evidence): Finding[] {
  const rows = new Map<string, number>();
  for (const { accountId } of stored) rows.set(accountId, (rows.get(accountId) ?? 0) + 1);
  const wrong: string[] = [];
  for (const [accountId, lines] of Map.groupBy(ledger, (line) => line.accountId)) {
    for (const line of lines) if (!isBalanced(line)) wrong.push(nameOfLine(line));
    const total = lines.reduce((sum, line) => sum + line.stored, 0);
    const there = rows.get(accountId) ?? 0;
    rows.delete(accountId);
    if (total !== there) wrong.push(`${accountId}: ${total} stored for ${there} rows`);
  }
  for (const [accountId, there] of rows) wrong.push(`${accountId}: nothing for ${there} rows`);
  return finding('ledger', wrong);
}

function finding(kind: FindingKind, all: readonly string[]): Finding[] {
  return all.length === 0 ? [] : [{ kind, count: all.length, samples: all.slice(0, sampleSize) }];
}

function nameOf(event: { accountId: string; eventId: string }): string {
  return `${event.accountId}/${event.eventId}`;
}

function nameOfCount({ accountId, minute, type }: Omit<RollUp, 'count'>): string {
  return `${accountId} ${minute} ${type}`;
}

function nameOfLine({ accountId, ...counts }: LedgerAccount): string {
  const { accepted, stored, duplicates, dead, pending, missing, excess } = counts;
  return `${accountId}: ${accepted} accepted, ${stored} stored, ${duplicates} duplicates, ${dead} dead, ${pending + missing} missing, ${excess} in excess`;
}
