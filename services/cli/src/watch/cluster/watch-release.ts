import { addReading, emptyMeter, type Meter } from '../model/meter.ts';
import { componentOf } from '../model/objects.ts';
import { opsPort } from '../model/pod-status.ts';
import type { ReleaseState } from '../model/release-state.ts';
import { createApiClient } from './api-client.ts';
import { followObjects, type FollowObjectsOptions } from './follow-objects.ts';
import { scrapePods, type ScrapeTarget } from './scrape-pods.ts';
import { ScrapeTroubles } from './scrape-troubles.ts';

export interface WatchOptions extends Omit<FollowObjectsOptions, 'api'> {
  /** How often pods are asked for their metrics. */
  intervalMs: number;
}

/** What is known at one moment. */
export interface Look {
  state: ReleaseState;
  meter: Meter;
  /** Sentences about what was refused or did not answer. */
  troubles: readonly string[];
}

export interface ReleaseWatch {
  /** Once each kind of object was listed a first time, or refused. */
  started: Promise<void>;
  look: () => Look;
  /** Closes every connection. */
  stop: () => Promise<void>;
}

/**
 * Watches a release: its objects by informers, its pods' metrics by asking. Nothing that the cluster
 * refuses or fails to answer ends it: that becomes a sentence in `troubles`, and is tried again.
 */
export function watchRelease({ intervalMs, ...options }: WatchOptions): ReleaseWatch {
  const api = createApiClient(options.kubeConfig);
  const objects = followObjects({ ...options, api });
  const scrapeTroubles = new ScrapeTroubles();
  let meter = emptyMeter;
  const stopScraping = scrapePods({
    api,
    namespace: options.namespace,
    intervalMs,
    targets: () => findTargets(objects.state()),
    onReading: (target, reading) => {
      const { uid, component } = target;
      const atMs = Date.now();
      scrapeTroubles.answered(target, atMs);
      const isNewborn = objects.isNewborn(uid);
      meter = addReading(meter, { ...reading, uid, component, isNewborn, atMs });
    },
    onTrouble: (target, error) => scrapeTroubles.failed(target, error, Date.now()),
  });
  return {
    started: objects.started,
    look: () => {
      const state = objects.state();
      const targets = objects.knowsPods() ? findTargets(state) : [];
      const unread = scrapeTroubles.tell(targets, Date.now());
      return { state, meter, troubles: [...objects.troubles(), ...unread] };
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
