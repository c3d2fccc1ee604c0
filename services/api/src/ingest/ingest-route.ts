import type { RequestHandler } from 'express';
import { principalOf } from '../access/authenticate.ts';
import { clientKey } from '../http/client-address.ts';
import { sendReply } from '../http/reply.ts';
import { requestContextOf } from '../http/request-context.ts';
import type { IngestAdapter } from './ingest-request.ts';
import type { Ingest } from './pipeline.ts';

/** Where Express ends: hands a request to the pipeline, and its outcome to the adapter's encoder. */
export function createIngestRoute(adapter: IngestAdapter, ingest: Ingest): RequestHandler {
  return async (request, response) => {
    const startedAtMs = performance.now();
    const { accountId: keyAccount } = principalOf(response);
    const outcome = await ingest(adapter, {
      message: request,
      client: response,
      keyAccount,
      sender: keyAccount ?? `address ${clientKey(request)}`,
      startedAtMs,
      context: requestContextOf(response),
    });
    sendReply(response, adapter.encode(outcome, String(response.locals['requestId'])));
  };
}
