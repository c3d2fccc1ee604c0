import type { RequestHandler } from 'express';
import { Counter, type Registry } from 'prom-client';
import { warnings } from '@event-platform/core/event/errors';
import { instantText } from '@event-platform/core/event/instant';
import { summaryLists, summarySchema, type Summary } from '@event-platform/core/event/results';
import { readSummary } from '@event-platform/core/storage/read/summary/read-summary';
import type { ShardMap } from '@event-platform/core/storage/placement/shards';
import { principalOf } from '../access/authenticate.ts';
import { requestContextOf } from '../http/request-context.ts';
import { readPathName } from './path-name.ts';
import { requireAccount } from './require-account.ts';
import type { CacheAnswer, ComputedSummary, SummaryCache } from './summary-cache.ts';
import { parseSummaryParams, type SummaryParams } from './summary-params.ts';

export interface SummaryDependencies {
  cache: SummaryCache;
  shards: Pick<ShardMap, 'forAccount'>;
  registry: Registry;
  /** Clock in epoch milliseconds. */
  now: () => number;
}

/** The largest limits: one cached value serves every smaller one. */
const listed = { types: summaryLists.types.most, users: summaryLists.users.most };

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
    const pendingIds = requestContextOf(response);
    pendingIds.accountId = accountId;
    const params = parseSummaryParams(request.query, now());
    const answer = await cache.read(accountId, params.cacheWindow, () =>
      compute(dependencies, accountId, params),
    );
    answers.inc({ cache: answer.cache });
    pendingIds.cache = answer.cache;
    const body = { account_id: accountId, ...bodyOf(answer, params) };
    // The deadline has answered in the meantime.
    if (response.headersSent) return;
    // Proxies take an answer to Authorization as private, but not one to X-API-Key.
    response.setHeader('Cache-Control', 'no-store');
    response.json(body);
  };
}

/** The part of a summary that was requested; the types that are not listed stay in the sum. */
function bodyOf(
  { summary, cache }: CacheAnswer,
  { types, limit }: SummaryParams,
): Omit<Summary, 'account_id'> {
  const { from, to, total, by_type, other_types, top_users, as_of } = summary;
  const cut = by_type.slice(types);
  const hasMany = other_types.types > 0;
  return {
    ...{ from, to, total },
    by_type: by_type.slice(0, types),
    other_types: {
      types: other_types.types + cut.length,
      count: cut.reduce((sum, { count }) => sum + count, other_types.count),
    },
    top_users: top_users.slice(0, limit),
    ...{ as_of, cache },
    ...(hasMany && { warnings: [{ code: 'many_types', detail: warnings.many_types }] }),
  };
}

async function compute(
  { shards, now }: SummaryDependencies,
  accountId: string,
  { span }: SummaryParams,
): Promise<ComputedSummary> {
  // Before the query: events that are committed later may be missing.
  const asOf = new Date(now()).toISOString();
  const shard = shards.forAccount(accountId);
  const { counts } = await readSummary(shard, accountId, span, listed);
  return { from: instantText(span[0]), to: instantText(span[1]), ...counts, as_of: asOf };
}
