import type { KubeConfig } from '@kubernetes/client-node';
import { addReading, emptyMeter, type Meter } from '../model/meter.ts';
import { componentOf, type WatchedKind } from '../model/objects.ts';
import { opsPort } from '../model/pod-status.ts';
import { emptyState, foldChange, type Change, type ReleaseState } from '../model/release-state.ts';
import type { TimelineEvent } from '../timeline/sample.ts';
import { createApiClient } from './api-client.ts';
import { explainLack } from './explain-lack.ts';
import { followKind } from './follow-kind.ts';
import { kinds, pathOf } from './kinds.ts';
import { scrapePods, type ScrapeTarget } from './scrape-pods.ts';
import { ScrapeTroubles } from './scrape-troubles.ts';

export interface WatchOptions {
  kubeConfig: KubeConfig;
  namespace: string;
  release: string;
  /** How often pods are asked for their metrics. */
  intervalMs: number;
  /** @param isHistory true for what happened before we came, as far as the cluster remembers */
  onEvents: (events: readonly TimelineEvent[], isHistory: boolean) => void;
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
export function watchRelease(options: WatchOptions): ReleaseWatch {
  const { kubeConfig, namespace, release, intervalMs, onEvents } = options;
  const api = createApiClient(kubeConfig);
  const troubles = new Map<string, string>();
  const scrapeTroubles = new ScrapeTroubles();
  const newborn = new Set<string>();
  let state = emptyState;
  let meter = emptyMeter;

  const follow = (kind: WatchedKind) =>
    followKind({
      kubeConfig,
      api,
      path: pathOf(kind, namespace),
      labelSelector: kinds[kind].isLabelled ? `app.kubernetes.io/instance=${release}` : undefined,
      onChange: (name, object, isFirstList) => {
        const change = { kind, name, object } as Change;
        const folded = foldChange(state, change, { release, now: new Date().toISOString() });
        state = folded.state;
        if (change.kind === 'pods' && !isFirstList) {
          noteBirth(change.object?.metadata.uid, folded.events);
        }
        // Pods that were there before us have no birth to tell of.
        if (folded.events.length === 0 || (isFirstList && kind !== 'events')) return;
        onEvents(folded.events, isFirstList);
      },
      onTrouble: (error) => {
        if (error === undefined) troubles.delete(kind);
        else troubles.set(kind, explainLack(kind, namespace, error));
      },
    });
  const noteBirth = (uid: string | undefined, events: readonly TimelineEvent[]) => {
    if (uid !== undefined && events.some(({ reason }) => reason === 'Created')) newborn.add(uid);
  };

  const followers = (Object.keys(kinds) as WatchedKind[]).map((kind) => follow(kind));
  const stopScraping = scrapePods({
    api,
    namespace,
    intervalMs,
    targets: () => findTargets(state),
    onReading: (target, reading) => {
      const { uid, component } = target;
      const atMs = Date.now();
      scrapeTroubles.answered(target, atMs);
      meter = addReading(meter, { ...reading, uid, component, isNewborn: newborn.has(uid), atMs });
    },
    onTrouble: (target, error) => scrapeTroubles.failed(target, error, Date.now()),
  });
  const started = Promise.all(followers.map((follower) => follower.started));
  return {
    started: started.then(() => undefined),
    look: () => {
      const unread = scrapeTroubles.tell(findTargets(state), Date.now());
      return { state, meter, troubles: [...new Set([...troubles.values(), ...unread])] };
    },
    async stop() {
      stopScraping();
      await Promise.all(followers.map((follower) => follower.stop()));
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
