import { Counter, Gauge, Rate, Trend } from 'k6/metrics';

// Every figure of the reports. k6's own http_req_* hold the questions of set-up and drain as well.

/** POST /events answered with 2xx. */
export const postsOk = new Rate('posts_ok');
/** Requests without an answer or with 5xx. */
export const errors = new Rate('errors');
/** Of POST /events, in milliseconds. */
export const postMs = new Trend('post_ms', true);

export const eventsSent = new Counter('events_sent');
/** Events in a 202, repetitions included. */
export const eventsAccepted = new Counter('events_accepted');
/** Accepted events whose id had been accepted before. */
export const eventsRepeated = new Counter('events_repeated');
/** Events of requests whose answer has the result of each; that of the others is unknown. */
export const eventsChecked = new Counter('events_checked');
/** Rows that the summaries of the run's tenants count, at the end. */
export const eventsStored = new Counter('events_stored');
/** By the workers' metrics, where they can be read. */
export const eventsDead = new Counter('events_dead');
/** From the end of the load until the last event was stored. */
export const drainSeconds = new Gauge('drain_seconds');
/** Last events still growing when the wait was over: 1. */
export const drainCut = new Counter('drain_cut_short');

/** From acceptance to COMMIT's statement, by the receipts of single events, in milliseconds. */
export const lagMs = new Trend('accept_to_stored_ms', true);
/** Such events; more than samples of the lag when some still waited as the load ended. */
export const probesSent = new Counter('probes_sent');

export const summariesOk = new Rate('summaries_ok');
export const summaryHitMs = new Trend('summary_hit_ms', true);
export const summaryMissMs = new Trend('summary_miss_ms', true);
