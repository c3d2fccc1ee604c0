import type { TimelineSample } from '../model/sample.ts';

/**
 * For tests: a burst of `seconds` samples, 0 → 10 → 0 workers, with the acts of the scalers, one
 * stretch in which the queue is unknown, and one pod killed.
 */
export function sampleBurst(seconds = 60): TimelineSample[] {
  return Array.from({ length: seconds }, (_, second) => {
    const share = second / seconds;
    const pods = share < 0.1 || share > 0.8 ? 0 : share < 0.3 ? 1 : 10;
    const time = new Date(Date.UTC(2026, 10, 23, 9, 0, second)).toISOString();
    const jobs = share < 0.1 || share > 0.7 ? 0 : Math.round(4_000 * Math.sin(share * 4));
    return {
      time,
      workers: {
        wanted: pods,
        ready: Math.max(0, pods - 1),
        starting: pods > 0 ? 1 : 0,
        ending: 0,
      },
      api: { wanted: 2, ready: 2, starting: 0, ending: 0 },
      queue: share > 0.4 && share < 0.45 ? null : queueOf(Math.max(0, jobs)),
      inPerS: share < 0.5 ? 1_234.5 : 0,
      outPerS: pods * 300,
      accepted: second * 1_000,
      stored: second * 900,
      duplicates: 0,
      dead: 3,
      events: eventsAt(second, seconds, time),
    };
  });
}

function queueOf(jobs: number) {
  return {
    waiting: 0,
    prioritized: jobs,
    active: 100,
    delayed: 2,
    failed: 1,
    pendingEvents: jobs * 20,
    oldestAgeS: jobs / 1_000,
  };
}

function eventsAt(second: number, seconds: number, time: string): TimelineSample['events'] {
  const at = (share: number) => second === Math.floor(seconds * share);
  const event = (
    kind: string,
    name: string,
    reason: string,
    message: string,
    isWarning = false,
  ) => ({
    time,
    kind,
    name,
    reason,
    message,
    severity: isWarning ? ('warning' as const) : ('normal' as const),
  });
  const worker = 'ep-event-platform-worker';
  if (at(0.1)) return [event('ScaledObject', worker, 'KEDAScaleTargetActivated', 'Scaled 0 to 1')];
  if (at(0.3)) {
    const message = 'New size: 10; reason: external metric (<backlog> & more) above target';
    return [event('HPA', `keda-hpa-${worker}`, 'SuccessfulRescale', message)];
  }
  if (at(0.5)) return [event('Pod', `${worker}-77c4dcdcb9-24n7q`, 'OOMKilled', 'code 137', true)];
  if (at(0.8)) return [event('ScaledObject', worker, 'KEDAScaleTargetDeactivated', 'to 0')];
  return [];
}
