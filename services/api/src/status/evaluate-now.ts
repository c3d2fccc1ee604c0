import type { ComponentId, ComponentStatus } from '@event-platform/core/storage/status/status';

/** What is known of the servers at a moment. */
export interface Probe {
  isRedisUp: boolean;
  areDatabasesUp: boolean;
  /** How long an event waits; undefined while the queue cannot be asked. */
  delaySeconds: number | undefined;
  /** The queue takes nothing more, as it is nearly full. */
  isQueueFull: boolean;
  /** False while events go past the queue, whatever Redis says of itself. */
  isQueueTaking: boolean;
}

type Judgement = Pick<ComponentStatus, 'state' | 'text'>;

/** The objective for the time in the queue. */
export const delayObjectiveSeconds = 5;

/** What each component does now, in words for customers. Pure. */
export function evaluateNow(probe: Probe): Record<ComponentId, Judgement> {
  return {
    ingest: evaluateIngest(probe),
    processing: evaluateProcessing(probe),
    summaries: evaluateSummaries(probe),
  };
}

function evaluateIngest({
  isRedisUp,
  areDatabasesUp,
  isQueueFull,
  isQueueTaking,
}: Probe): Judgement {
  if (isRedisUp && isQueueFull) {
    return {
      state: 'outage',
      text: 'The queue is full: events are refused, send them again later.',
    };
  }
  if (isRedisUp && isQueueTaking) return { state: 'operational', text: 'Events are accepted.' };
  return areDatabasesUp
    ? {
        state: 'degraded',
        text: 'Events are accepted at a lower rate; what is refused can be sent again.',
      }
    : { state: 'outage', text: 'Events are refused at the moment; send them again later.' };
}

function evaluateProcessing({ isRedisUp, areDatabasesUp, delaySeconds }: Probe): Judgement {
  if (!isRedisUp || delaySeconds === undefined) {
    const text = areDatabasesUp
      ? 'The queue does not answer: what waits in it is stored once it is back.'
      : 'Nothing can be stored at the moment.';
    return { state: 'outage', text };
  }
  if (!areDatabasesUp) {
    const text =
      'The database does not answer: accepted events wait in the queue, and are stored once it is back.';
    return { state: 'outage', text };
  }
  if (delaySeconds <= delayObjectiveSeconds) {
    return { state: 'operational', text: 'Events are stored within seconds.' };
  }
  return {
    state: 'degraded',
    text: `Events are stored with a delay of about ${duration(delaySeconds)}.`,
  };
}

function evaluateSummaries({ isRedisUp, areDatabasesUp }: Probe): Judgement {
  if (areDatabasesUp) return { state: 'operational', text: 'Summaries are answered.' };
  return isRedisUp
    ? {
        state: 'degraded',
        text: 'Summaries are answered from memory where there is one; they may be up to a day old.',
      }
    : { state: 'outage', text: 'Summaries cannot be answered at the moment.' };
}

/** Whether each component is well, for minutes in which nobody asked; undefined: it cannot be told. */
export function isWellNow(probe: Probe): Record<ComponentId, boolean | undefined> {
  const { ingest, summaries } = evaluateNow(probe);
  const { isRedisUp, areDatabasesUp, delaySeconds } = probe;
  return {
    ingest: ingest.state !== 'outage',
    processing:
      isRedisUp &&
      areDatabasesUp &&
      delaySeconds !== undefined &&
      delaySeconds <= delayObjectiveSeconds,
    summaries: summaries.state === 'operational',
  };
}

/** A length of time in words: `8 seconds`, `3 minutes`, `2 hours`. */
export function duration(seconds: number): string {
  const [count, unit] =
    seconds < 90
      ? [Math.round(seconds), 'second']
      : seconds < 5_400
        ? [Math.round(seconds / 60), 'minute']
        : [Math.round(seconds / 3_600), 'hour'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
