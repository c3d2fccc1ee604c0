import { sql } from 'drizzle-orm';
import {
  bigint,
  customType,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  uniqueIndex,
  uuid,
  varchar,
} from 'drizzle-orm/pg-core';

// drizzle has no partitions and no collations: migrations/ carries both in hand-written SQL, and
// storage/drift.test.ts holds this file against what the migrations really make.
const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });
const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' });

/** Every event, once. Hash-partitioned by account_id; all text in collation "C", which sorts by byte. */
export const events = pgTable(
  'events',
  {
    accountId: varchar('account_id', { length: 255 }).notNull(),
    eventId: varchar('event_id', { length: 255 }).notNull(),
    userId: varchar('user_id', { length: 255 }).notNull(),
    type: varchar('type', { length: 50 }).notNull(),
    timestamp: instant('timestamp').notNull(),
    receivedAt: instant('received_at').notNull(),
    storedAt: instant('stored_at').notNull().defaultNow(),
    metadata: jsonb('metadata').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.accountId, table.eventId] }),
    // Its migration adds INCLUDE (type, user_id): top users are then read from the index alone.
    index('events_by_time').on(table.accountId, table.timestamp),
  ],
);

/** Events per account, minute and type, kept by the very statement that inserts the events. */
export const eventCounts = pgTable(
  'event_counts',
  {
    accountId: varchar('account_id', { length: 255 }).notNull(),
    minute: instant('minute').notNull(),
    type: varchar('type', { length: 50 }).notNull(),
    count: bigint('count', { mode: 'number' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.accountId, table.minute, table.type] })],
);

/** User roll-ups: the users of a quarter of an hour with their counts, packed; when one is valid: read/summary/README.md. */
export const userRollUps = pgTable(
  'user_rollups',
  {
    accountId: varchar('account_id', { length: 255 }).notNull(),
    windowStart: instant('window_start').notNull(),
    /** Events that were counted. */
    events: bigint('events', { mode: 'number' }).notNull(),
    /** Users' numbers and counts, as summary/pack-counts.ts packs them. */
    counts: bytea('counts').notNull(),
    rolledUpAt: instant('rolled_up_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.accountId, table.windowStart] })],
);

/** Users by the numbers that stand for them in `user_rollups`; dense from 0 on within an account. */
export const userNumbers = pgTable(
  'user_numbers',
  {
    accountId: varchar('account_id', { length: 255 }).notNull(),
    userId: varchar('user_id', { length: 255 }).notNull(),
    number: integer('number').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.accountId, table.userId] }),
    uniqueIndex('user_numbers_by_number').on(table.accountId, table.number),
  ],
);

/** Events that PostgreSQL refused, or whose job could not be read, with the reason and the payload. */
export const deadLetters = pgTable(
  'dead_letters',
  {
    accountId: varchar('account_id', { length: 255 }).notNull(),
    eventId: varchar('event_id', { length: 255 }).notNull(),
    /** The event as it was refused, as EventRow JSON. Text, since what is in it may be what jsonb refuses. */
    row: text('row').notNull(),
    reason: varchar('reason', { length: 50 }).notNull(),
    sqlstate: varchar('sqlstate', { length: 5 }),
    message: text('message').notNull(),
    attempts: integer('attempts').notNull(),
    receivedAt: instant('received_at').notNull(),
    deadLetteredAt: instant('dead_lettered_at').notNull().defaultNow(),
    discardedAt: instant('discarded_at'),
    discardReason: text('discard_reason'),
    /** Stack traces of the job's failures, or what PostgreSQL said beside its message. */
    detail: text('detail'),
    /** The event as an operator edited it, which a replay stores instead of `row`. */
    editedRow: text('edited_row'),
    editedAt: instant('edited_at'),
  },
  (table) => [
    primaryKey({ columns: [table.accountId, table.eventId] }),
    index('dead_letters_by_time').on(table.deadLetteredAt),
  ],
);

/** API keys; only the hash of the secret is kept. account_id is null for keys of operators. */
export const apiKeys = pgTable(
  'api_keys',
  {
    keyId: varchar('key_id', { length: 32 }).primaryKey(),
    accountId: varchar('account_id', { length: 255 }),
    name: varchar('name', { length: 100 }).notNull(),
    secretHash: bytea('secret_hash').notNull(),
    scopes: text('scopes').array().notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
    revokedAt: instant('revoked_at'),
  },
  (table) => [index('api_keys_by_account').on(table.accountId)],
);

/** Accounts whose limits differ from the defaults; null means the default. */
export const accountPolicies = pgTable('account_policies', {
  accountId: varchar('account_id', { length: 255 }).primaryKey(),
  eventsPerMinute: integer('events_per_minute'),
  maxPendingEvents: integer('max_pending_events'),
  weight: doublePrecision('weight').notNull().default(1),
  updatedAt: instant('updated_at')
    .notNull()
    .default(sql`now()`),
});

/** The ledger: per account and minute of receipt, what was accepted and what became of it. */
export const ledger = pgTable(
  'ledger',
  {
    accountId: varchar('account_id', { length: 255 }).notNull(),
    minute: instant('minute').notNull(),
    /** Events whose sources are applied, and those written without the queue. */
    accepted: bigint('accepted', { mode: 'number' }).notNull().default(0),
    /** Events of settled batches: stored, found stored before, or dead-lettered. */
    settled: bigint('settled', { mode: 'number' }).notNull().default(0),
    stored: bigint('stored', { mode: 'number' }).notNull().default(0),
    /** When it was found balanced; null while anything may still come. */
    closedAt: instant('closed_at'),
  },
  (table) => [
    primaryKey({ columns: [table.accountId, table.minute] }),
    index('ledger_open')
      .on(table.minute)
      .where(sql`closed_at IS NULL`),
  ],
);

/** What batches settled and stored, until it is applied to the ledger. Only appended to and emptied. */
export const ledgerLog = pgTable('ledger_log', {
  /** Batches as [minute, direct, [[account, events], …]]. */
  settled: jsonb('settled').notNull(),
  /** Stored as [account, minute, events]; null: every event of the batches. */
  stored: jsonb('stored'),
});

/** What each api process handed to the queue, from two sources: its own count, and that of Redis. */
export const ledgerSources = pgTable(
  'ledger_sources',
  {
    accountId: varchar('account_id', { length: 255 }).notNull(),
    minute: instant('minute').notNull(),
    process: varchar('process', { length: 36 }).notNull(),
    counted: bigint('counted', { mode: 'number' }).notNull().default(0),
    queued: bigint('queued', { mode: 'number' }).notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.accountId, table.minute, table.process] })],
);

/** What was applied to the ledger of each source, for a day: a source that reports again adds only the difference. */
export const ledgerApplied = pgTable(
  'ledger_applied',
  {
    accountId: varchar('account_id', { length: 255 }).notNull(),
    minute: instant('minute').notNull(),
    process: varchar('process', { length: 36 }).notNull(),
    events: bigint('events', { mode: 'number' }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.accountId, table.minute, table.process] }),
    index('ledger_applied_by_time').using('brin', table.minute),
  ],
);

/** Batch ids that are settled, for as long as a batch might be delivered again. */
export const ledgerEntriesTable = pgTable(
  'ledger_entries',
  {
    accountId: varchar('account_id', { length: 255 }).notNull(),
    ledgerEntry: uuid('entry').notNull(),
    settledAt: instant('settled_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.accountId, table.ledgerEntry] }),
    index('ledger_entries_by_time').using('brin', table.settledAt),
  ],
);

/** The last round of the ledger on this shard, and what it found: one row. */
export const ledgerRuns = pgTable('ledger_runs', {
  id: smallint('id').primaryKey(),
  serial: bigint('serial', { mode: 'number' }).notNull(),
  doneAt: instant('done_at').notNull(),
  /** When a round last saw the queue too. */
  wholeAt: instant('whole_at'),
  missing: bigint('missing', { mode: 'number' }).notNull(),
  excess: bigint('excess', { mode: 'number' }).notNull(),
  pending: bigint('pending', { mode: 'number' }).notNull(),
  oldestPending: instant('oldest_pending'),
});

/** What customers saw, minute by minute, for the status page: each api process adds its share. */
export const statusMinutes = pgTable(
  'status_minutes',
  {
    minute: instant('minute').notNull(),
    component: varchar('component', { length: 20 }).notNull(),
    good: bigint('good', { mode: 'number' }).notNull(),
    bad: bigint('bad', { mode: 'number' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.minute, table.component] })],
);

/**
 * The migrations that break the version before them. Each one adds its own tag; a build that does not ship a tag in
 * here refuses to start (schema-state.ts).
 */
export const breakingMigrations = pgTable('breaking_migrations', {
  tag: varchar('tag', { length: 100 }).primaryKey(),
  appliedAt: instant('applied_at').notNull().defaultNow(),
});

/** Which maintainer process leads: one row; directory only. */
export const maintainerLease = pgTable('maintainer_lease', {
  id: smallint('id').primaryKey(),
  holder: varchar('holder', { length: 36 }).notNull(),
  expiresAt: instant('expires_at').notNull(),
});
