import type { ZodOpenApiOperationObject } from 'zod-openapi';
import type { RouteId } from '../../routes/catalogue.ts';
import { openOperations } from './open-operations.ts';
import { readReceiptOperation, readSummaryOperation } from './query-operations.ts';
import { readLedgerOperation } from './read-ledger.ts';
import { sendEventsOperation } from './send-events.ts';

/** What OpenAPI says of each route of the catalogue: a route without an entry does not compile. */
export const operations: Readonly<Record<RouteId, ZodOpenApiOperationObject>> = {
  sendEvents: sendEventsOperation,
  readSummary: readSummaryOperation,
  readReceipt: readReceiptOperation,
  readLedger: readLedgerOperation,
  ...openOperations,
};
