import { addReading, emptyMeter, type Meter } from '../model/meter.ts';
import { componentOf } from '../model/objects.ts';
import { opsPort } from '../model/pod-status.ts';
import type { ReleaseState } from '../model/release-state.ts';
import { createApiClient } from './api-client.ts';
import { followObjects, type FollowObjectsOptions } from './follow-objects.ts';
import { scrapePods, type ScrapeTarget } from './scrape-pods.ts';
import { ScrapeProblems } from './scrape-problems.ts';

export interface WatchOptions extends Omit<FollowObjectsOptions, 'api'> {
  /** How often pods are asked for their metrics. */
  intervalMs: number;
}

/** What is known at one moment. */
export interface Snapshot {
  state: ReleaseState;
  meter: Meter;
  /** Sentences about what was refused or did not answer. */
  problems: readonly string[];
}

export interface ReleaseWatch {
  /** Once each kind of object was listed a first time, or refused. */
  started: Promise<void>;
  snapshot: () => Snapshot;
  /** Closes every connection. */
  stop: () => Promise<void>;
}

/**
 * Watches a release: its objects by informers, its pods' metrics by asking. Nothing that the cluster
 * refuses or fails to answer ends it: that becomes a sentence in `problems`, and is tried again.
 */
export function watchRelease({ intervalMs, ...options }: WatchOptions): ReleaseWatch {
  const api = createApiClient(options.kubeConfig);
  const objects = followObjects({ ...options, api });
  const scrapeProblems = new ScrapeProblems();
  let meter = emptyMeter;
  const stopScraping = scrapePods({
    api,
    namespace: options.namespace,
    intervalMs,
    targets: () => findTargets(objects.state()),
    onReading: (target, reading) => {
      const { uid, component } = target;
      const atMs = Date.now();
      scrapeProblems.answered(target, atMs);
      const isNewborn = objects.isNewborn(uid);
      meter = addReading(meter, { ...reading, uid, component, isNewborn, atMs });
    },
    onProblem: (target, error) => scrapeProblems.failed(target, error, Date.now()),
  });
  return {
    started: objects.started,
    snapshot: () => {
      const state = objects.state();
      const targets = objects.knowsPods() ? findTargets(state) : [];
      const unread = scrapeProblems.report(targets, Date.now());
      return { state, meter, problems: [...objects.problems(), ...unread] };
    },
    async stop() {
      stopScraping();
      await objects.stop();
      api.close();
    },
  };
}

function findTargets({ pods }: ReleaseState): ScrapeTarget[] {
  return [...pods.values()].flatMap((pod) => {
    const component = componentOf(pod);
    const { name, uid } = pod.metadata;
    if ((component !== 'api' && component !== 'worker') || uid === undefined) return [];
    const port = opsPort(pod, component);
    return port === undefined ? [] : [{ name, uid, component, port }];
  });
}
