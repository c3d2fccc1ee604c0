import type { KubeConfig } from '@kubernetes/client-node';
import type { WatchedKind } from '../model/objects.ts';
import { emptyState, applyChange, type Change, type ReleaseState } from '../model/release-state.ts';
import type { TimelineEvent } from '../model/sample.ts';
import type { ApiClient } from './api-client.ts';
import { explainMissing } from './explain-missing.ts';
import { followKind } from './follow-kind.ts';
import { kinds, pathOf } from './kinds.ts';

export interface FollowObjectsOptions {
  kubeConfig: KubeConfig;
  api: ApiClient;
  namespace: string;
  release: string;
  /** @param isHistory true for what happened before we came, as far as the cluster remembers */
  onEvents: (events: readonly TimelineEvent[], isHistory: boolean) => void;
}

/** The objects of a release, kept up to date. */
export interface FollowedObjects {
  started: Promise<void>;
  state: () => ReleaseState;
  /** True for a pod that came while we watched, by its uid. */
  isNewborn: (uid: string) => boolean;
  /** Sentences about what was refused or did not answer. */
  problems: () => string[];
  /** False while the pods cannot be watched, so that their list is unknown. */
  knowsPods: () => boolean;
  stop: () => Promise<void>;
}

/** Follows every kind of object of a release and applies their changes to one state. */
export function followObjects(options: FollowObjectsOptions): FollowedObjects {
  const { kubeConfig, api, namespace, release, onEvents } = options;
  const problems = new Map<WatchedKind, string>();
  const newborn = new Set<string>();
  let state = emptyState;

  const hear = (change: Change, isFirstList: boolean): void => {
    const applied = applyChange(state, change, { release, now: new Date().toISOString() });
    state = applied.state;
    // Objects that existed before the watch have no creation to report; their events are history.
    if (isFirstList && change.kind !== 'events') return;
    if (change.kind === 'pods' && applied.events.some(({ reason }) => reason === 'Created')) {
      newborn.add(change.object?.metadata.uid ?? '');
    }
    if (applied.events.length > 0) onEvents(applied.events, isFirstList);
  };

  const followers = (Object.keys(kinds) as WatchedKind[]).map((kind) =>
    followKind({
      kubeConfig,
      api,
      path: pathOf(kind, namespace),
      labelSelector: kinds[kind].isLabelled ? `app.kubernetes.io/instance=${release}` : undefined,
      onChange: (name, object, isFirstList) => hear({ kind, name, object } as Change, isFirstList),
      onProblem: (error) => {
        if (error === undefined) problems.delete(kind);
        else problems.set(kind, explainMissing(kind, namespace, error));
      },
    }),
  );
  return {
    started: Promise.all(followers.map(({ started }) => started)).then(() => undefined),
    state: () => state,
    isNewborn: (uid) => newborn.has(uid),
    problems: () => [...new Set(problems.values())],
    knowsPods: () => !problems.has('pods'),
    async stop() {
      await Promise.all(followers.map((follower) => follower.stop()));
    },
  };
}
