import { defaultInputLimits, type InputLimits } from '@event-platform/core/event/input-limits';
import type { Logger } from '@event-platform/core/platform/logger';
import { createStoreMetrics } from '@event-platform/core/storage/write/store-metrics';
import type { MountedRoute } from './app.ts';
import type { Admission } from './compose-admission.ts';
import type { ApiConfig } from './config/config.ts';
import type { Connections } from './config/connect.ts';
import { FairShare } from './http/fair-share.ts';
import { createAcceptBatch } from './ingest/accept-batch.ts';
import { registerBodyMetrics } from './ingest/body-metrics.ts';
import type { DirectMode } from './ingest/direct-mode.ts';
import { createDirectStore } from './ingest/direct-store.ts';
import type { FormatWatch } from './ingest/format-watch.ts';
import { createIngestMetrics } from './ingest/ingest-metrics.ts';
import { createIngestRoute } from './ingest/ingest-route.ts';
import { JobProducer } from './ingest/job-producer.ts';
import { createPipeline } from './ingest/pipeline.ts';
import { createReadEvents } from './ingest/read-events.ts';
import { TypeWatch } from './ingest/type-watch.ts';
import type { StoredWaits } from './ingest/wait/stored-waits.ts';
import type { AcceptedCounts } from './ops/ledger/accepted-counts.ts';
import { ingestAdapters } from './routes/catalogue.ts';

/** What the pipeline needs, beside the connections. */
export interface IngestParts {
  admission: Pick<Admission, 'admit'>;
  accepted: AcceptedCounts;
  waits: StoredWaits;
  formats: FormatWatch;
  directMode: DirectMode;
}

/** Builds the pipeline, and a route for each wire format. */
export function composeIngest(
  config: ApiConfig,
  { enqueuer, notifications, directShards, registry, process }: Connections,
  logger: Logger,
  { admission, accepted, waits, formats, directMode }: IngestParts,
): MountedRoute[] {
  const metrics = createIngestMetrics(registry);
  const jobProducer = new JobProducer({
    ...{ enqueuer, logger, process },
    attempts: config.JOB_ATTEMPTS,
    newestFormat: () => formats.newest(),
    onCut: (waiter, jobs) => notifications.expectJobs(waiter, jobs),
    onAccepted: (counts) => accepted.add(counts),
  });
  const storeDirectly = createDirectStore({
    shards: directShards,
    metrics: createStoreMetrics(registry, config.METRIC_ACCOUNTS),
    logger,
    writers: config.DIRECT_WRITERS,
    queue: config.DIRECT_QUEUE,
    maxCharacters: config.DIRECT_QUEUE_BYTES,
  });
  const bodies = new FairShare(config.BODY_BYTES_IN_FLIGHT);
  registerBodyMetrics(registry, bodies);
  const ingest = createPipeline({
    ...{ waits, metrics, bodies },
    readEvents: createReadEvents({
      limits: inputLimits(config),
      bodyTimeoutMs: config.BODY_TIMEOUT_MS,
      now: Date.now,
    }),
    acceptBatch: createAcceptBatch({
      ...{ admit: admission.admit, jobProducer, storeDirectly, metrics, directMode },
    }),
    types: new TypeWatch(registry, logger, Date.now),
  });
  return ingestAdapters.map((route) => ({ route, handler: createIngestRoute(route, ingest) }));
}

function inputLimits(config: ApiConfig): InputLimits {
  return {
    ...defaultInputLimits,
    bodyBytes: config.BODY_BYTES,
    inflatedBytes: config.INFLATED_BYTES,
    eventsPerRequest: config.EVENTS_PER_REQUEST,
    valuesPerRequest: config.VALUES_PER_REQUEST,
    metadataBytes: config.METADATA_BYTES,
  };
}
