import { z } from 'zod';

/** What the parts of a deployment were doing at one moment. */
const replicas = z.object({
  /** What the Deployment asks for (`spec.replicas`). */
  wanted: z.number(),
  /** Pods that pass their readiness probe and are not being ended. */
  ready: z.number(),
  /** Pods that are there, not ready and not being ended: pending, starting or failing. */
  starting: z.number(),
  /** Pods that are ending. */
  ending: z.number(),
});

/** The queue as the api pods count it, in jobs; `pendingEvents` in events. */
const queue = z.object({
  waiting: z.number(),
  prioritized: z.number(),
  active: z.number(),
  delayed: z.number(),
  failed: z.number(),
  /** Events accepted and neither stored nor dead. */
  pendingEvents: z.number(),
  /** Age in seconds of the job that is next in turn; 0 when none waits. */
  oldestAgeS: z.number(),
});

/** Something that happened, reported by the cluster or found by comparison. */
const timelineEvent = z.object({
  /** ISO 8601, UTC, by the clock of the cluster where it gave one. */
  time: z.string(),
  /** Kind of the object it happened to: `HPA`, `ScaledObject`, `Pod`, `Deployment`, … */
  kind: z.string(),
  name: z.string(),
  /** One word, such as `SuccessfulRescale`, `KEDAScaleTargetActivated`, `Ready`, `OOMKilled`. */
  reason: z.string(),
  message: z.string(),
  severity: z.enum(['normal', 'warning']),
});

/** One line of a recording: the release at one moment, and what happened since the line before. */
export const timelineSample = z.object({
  /** ISO 8601, UTC, by the clock of the recorder. */
  time: z.string(),
  /** Null while the Deployment is not there or not known. */
  workers: replicas.nullable(),
  api: replicas.nullable(),
  /** Null while no api pod exports it, for example while Redis is down. */
  queue: queue.nullable(),
  /** Events accepted a second, over the last five; null while unknown. */
  inPerS: z.number().nullable(),
  /** Events that left the queue a second (stored, duplicate or dead), over the last five. */
  outPerS: z.number().nullable(),
  /** Counted since the recording began, in events, over all pods that came and went. */
  accepted: z.number(),
  stored: z.number(),
  duplicates: z.number(),
  dead: z.number(),
  events: z.array(timelineEvent),
});

export type Replicas = z.infer<typeof replicas>;
export type QueueCounts = z.infer<typeof queue>;
export type TimelineEvent = z.infer<typeof timelineEvent>;
export type TimelineSample = z.infer<typeof timelineSample>;
