import type { RequestHandler } from 'express';
import { Counter, type Registry } from 'prom-client';
import { summarySchema, type Summary } from '@event-platform/shared/contracts/results';
import { readSummary } from '@event-platform/shared/database/summary/read-summary';
import type { ShardMap } from '@event-platform/shared/database/shards';
import { principalOf } from '../access/authenticate.ts';
import { notesOf } from '../http/request-notes.ts';
import type { QuarterFolder } from './quarter-folder.ts';
import { readPathName } from './path-name.ts';
import { requireAccount } from './require-account.ts';
import type { ComputedSummary, SummaryCache } from './summary-cache.ts';
import { parseSummaryParams, type SummaryParams } from './summary-params.ts';

export interface SummaryDependencies {
  cache: SummaryCache;
  shards: Pick<ShardMap, 'forAccount'>;
  folder: Pick<QuarterFolder, 'note'>;
  registry: Registry;
  /** Clock in epoch milliseconds. */
  now: () => number;
}

/** The most that `limit` may ask for: one cached value serves every limit. */
const topUsers = 100;

/** GET /accounts/:id/summary. See the folder's README for the order of steps. */
export function createSummaryRoute(dependencies: SummaryDependencies): RequestHandler {
  const { cache, registry, now } = dependencies;
  const answers = new Counter({
    name: 'summaries_total',
    help: 'Summaries answered, by where they came from.',
    labelNames: ['cache'],
    registers: [registry],
  });
  for (const cache of summarySchema.shape.cache.options) answers.inc({ cache }, 0);

  return async (request, response) => {
    const accountId = readPathName(request, 'id');
    requireAccount(principalOf(response), accountId);
    const notes = notesOf(response);
    notes.accountId = accountId;
    const params = parseSummaryParams(request.query, now());
    const answer = await cache.read(accountId, params.cacheWindow, () =>
      compute(dependencies, accountId, params),
    );
    answers.inc({ cache: answer.cache });
    notes.cache = answer.cache;
    const { from, to, total, by_type, top_users, as_of } = answer.summary;
    const body: Summary = {
      account_id: accountId,
      from,
      to,
      total,
      by_type,
      top_users: top_users.slice(0, params.limit),
      as_of,
      cache: answer.cache,
    };
    // The deadline has answered in the meantime.
    if (response.headersSent) return;
    // A key in X-API-Key does not tell proxies, as Authorization does, that this is private.
    response.setHeader('Cache-Control', 'no-store');
    response.json(body);
  };
}

async function compute(
  { shards, folder, now }: SummaryDependencies,
  accountId: string,
  { fromMs, toMs }: SummaryParams,
): Promise<ComputedSummary> {
  // Taken before the query: whatever is committed later may be missing.
  const asOf = new Date(now()).toISOString();
  const shard = shards.forAccount(accountId);
  // Where the query fails, perhaps for its length, folding may help the next one.
  let rowsRead = Infinity;
  try {
    const reading = await readSummary(shard, accountId, fromMs, toMs, topUsers);
    rowsRead = reading.rowsRead;
    const [from, to] = [new Date(fromMs).toISOString(), new Date(toMs).toISOString()];
    return { from, to, ...reading.counts, as_of: asOf };
  } finally {
    folder.note(shard, accountId, [fromMs, toMs], rowsRead);
  }
}
