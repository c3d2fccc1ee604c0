import {
  makeInformer,
  type Informer,
  type KubeConfig,
  type KubernetesObject,
  type ObjectCache,
} from '@kubernetes/client-node';
import type { ApiClient } from './api-client.ts';
import { isRefusal } from './explain-missing.ts';

export interface FollowOptions {
  kubeConfig: KubeConfig;
  api: ApiClient;
  path: string;
  labelSelector: string | undefined;
  /**
   * @param object its JSON as it came (the client's types have dates where there is text);
   *   undefined: it is gone
   * @param isFirstList true for what was there before we came
   */
  onChange: (name: string, object: unknown, isFirstList: boolean) => void;
  /** Undefined: all is well again. */
  onProblem: (error: unknown) => void;
}

export interface Follower {
  /** Once the first list is read, or refused. */
  started: Promise<void>;
  stop: () => Promise<void>;
}

type AnyInformer = Informer<KubernetesObject> & ObjectCache<KubernetesObject>;

const retryMs = 1_000;
const retryAfterRefusalMs = 15_000;

/**
 * Follows the objects at a path by an informer of the client, for as long as it takes: the informer
 * gives up at the first error, so each one is followed by a new informer that lists anew, and what
 * is not in its list any more is reported as gone.
 */
export function followKind(options: FollowOptions): Follower {
  const { onChange, onProblem } = options;
  const known = new Set<string>();
  let isFirstList = true;
  let isStopped = false;
  let retry: NodeJS.Timeout | undefined;
  let informer: AnyInformer;

  const reportGone = (name: string): void => {
    if (known.delete(name)) onChange(name, undefined, false);
  };
  const connect = async (): Promise<void> => {
    const attempt = { hasFailed: false };
    informer = createInformer(options);
    const report = (object: KubernetesObject): void => {
      known.add(nameOf(object));
      onChange(nameOf(object), object, isFirstList);
    };
    informer.on('add', report);
    informer.on('update', report);
    informer.on('delete', (object) => reportGone(nameOf(object)));
    informer.on('error', (error: unknown) => {
      attempt.hasFailed = true;
      if (isStopped) return;
      onProblem(error);
      clearTimeout(retry);
      retry = setTimeout(() => void connect(), isRefusal(error) ? retryAfterRefusalMs : retryMs);
    });
    await informer.start();
    // Stopped while it was connecting, when there was no connection yet that could be closed.
    if (isStopped) await informer.stop();
    if (attempt.hasFailed || isStopped) return;
    onProblem(undefined);
    isFirstList = false;
    const listed = new Set(informer.list().map((object) => nameOf(object)));
    for (const name of known) if (!listed.has(name)) reportGone(name);
  };

  return {
    started: connect(),
    async stop() {
      isStopped = true;
      clearTimeout(retry);
      await informer.stop();
    },
  };
}

function createInformer({ kubeConfig, api, path, labelSelector }: FollowOptions): AnyInformer {
  const query =
    labelSelector === undefined ? '' : `?labelSelector=${encodeURIComponent(labelSelector)}`;
  const list = async () => JSON.parse(await api.get(path + query)) as never;
  return makeInformer<KubernetesObject>(kubeConfig, path, list, labelSelector);
}

function nameOf({ metadata }: KubernetesObject): string {
  return metadata?.name ?? '';
}
