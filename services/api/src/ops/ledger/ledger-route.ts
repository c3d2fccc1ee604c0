import type { RequestHandler } from 'express';
import { RequestError } from '@event-platform/core/event/errors';
import { minuteBefore } from '@event-platform/core/ledger/reconcile-shard';
import { finalAfterMs } from '@event-platform/core/ledger/redis-view';
import type { Ledger, LedgerCounts, LedgerRow } from '@event-platform/core/storage/ledger/ledger';
import { readLedger, type LedgerLine } from '@event-platform/core/storage/ledger/ledger-report';
import type { ShardMap } from '@event-platform/core/storage/placement/shards';
import { principalOf } from '../../access/authenticate.ts';
import { requireAccount } from '../../query/require-account.ts';
import { parseLedgerParams } from './ledger-params.ts';
import type { ReconcileOnRequest } from './reconcile-on-request.ts';

export interface LedgerRouteDependencies {
  reconcile: ReconcileOnRequest;
  shards: ShardMap;
  /** Clock in epoch milliseconds. */
  now: () => number;
}

const maxRows = 2_000;
const retryAfterSeconds = 5;

/**
 * GET /admin/ledger: reconciles first, so that the answer is up to date. Only the shards of the requested
 * accounts need to be up.
 */
export function createLedgerRoute(dependencies: LedgerRouteDependencies): RequestHandler {
  const { reconcile, shards, now } = dependencies;

  return async (request, response) => {
    const principal = principalOf(response);
    const params = parseLedgerParams(request.query, now());
    const accountId = params.accountId ?? principal.accountId;
    if (accountId !== undefined) requireAccount(principal, accountId);
    try {
      const ledger = await report({ ...params, accountId });
      // The deadline has sent an answer in the meantime.
      if (response.headersSent) return;
      response.setHeader('Cache-Control', 'no-store');
      response.json(ledger);
    } catch (cause) {
      const detail = 'The ledger cannot be read while the database is down';
      throw new RequestError('unavailable', detail, { retryAfterSeconds, cause });
    }
  };

  async function report({
    accountId,
    fromMs,
    toMs,
  }: ReturnType<typeof parseLedgerParams>): Promise<Ledger> {
    const wanted = accountId === undefined ? shards.all : [shards.forAccount(accountId)];
    const { closedBeforeMs, held = [] } = (await reconcile(wanted)) ?? {};
    const [from, to] = [new Date(fromMs), new Date(toMs)];
    const query = {
      accountId,
      from,
      to,
      lostBefore: minuteBefore(closedBeforeMs ?? 0),
      finalBefore: minuteBefore(now() - finalAfterMs),
      held,
    };
    const lines = (await Promise.all(wanted.map(({ pool }) => readLedger(pool, query)))).flat();
    const totals = sumUp(lines);
    return {
      from: from.toISOString(),
      to: to.toISOString(),
      as_of: new Date(now()).toISOString(),
      closed_before:
        closedBeforeMs === undefined ? null : minuteBefore(closedBeforeMs).toISOString(),
      state: stateOf(totals),
      totals,
      rows: lines.map(toRow).sort(byConcern).slice(0, maxRows),
      truncated: lines.length > maxRows,
    };
  }
}

function sumUp(lines: readonly LedgerCounts[]): LedgerCounts {
  const sum = (pick: (counts: LedgerCounts) => number) =>
    lines.reduce((all, one) => all + pick(one), 0);
  return {
    accepted: sum((one) => one.accepted),
    stored: sum((one) => one.stored),
    duplicates: sum((one) => one.duplicates),
    dead: sum((one) => one.dead),
    pending: sum((one) => one.pending),
    missing: sum((one) => one.missing),
    excess: sum((one) => one.excess),
  };
}

function stateOf({ missing, excess, pending }: LedgerCounts): Ledger['state'] {
  if (missing > 0) return 'missing';
  if (excess > 0) return 'excess';
  return pending > 0 ? 'pending' : 'balanced';
}

function toRow({ accountId, minute, ...counts }: LedgerLine): LedgerRow {
  return {
    account_id: accountId,
    ...(minute && { minute: minute.toISOString() }),
    state: stateOf(counts),
    ...counts,
  };
}

const concern = ['missing', 'excess', 'pending', 'balanced'];

/** Problems first; then the latest minute, or the account by name. */
function byConcern(a: LedgerRow, b: LedgerRow): number {
  const byState = concern.indexOf(a.state) - concern.indexOf(b.state);
  if (byState !== 0) return byState;
  if (a.minute !== b.minute) return (a.minute ?? '') < (b.minute ?? '') ? 1 : -1;
  return a.account_id < b.account_id ? -1 : 1;
}
