import { makeInformer, type KubeConfig, type KubernetesObject } from '@kubernetes/client-node';
import type { ApiClient } from './api-client.ts';
import { isRefusal } from './explain-lack.ts';

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
  onTrouble: (error: unknown) => void;
}

export interface Follower {
  /** Once the first list is read, or refused. */
  started: Promise<void>;
  stop: () => Promise<void>;
}

const retryMs = 1_000;
const retryAfterRefusalMs = 15_000;

/**
 * Follows the objects at a path by an informer of the client, for as long as it takes: the informer
 * gives up at the first error, so each one is followed by a new informer that lists anew, and what
 * is not in its list any more is told as gone.
 */
export function followKind(options: FollowOptions): Follower {
  const { kubeConfig, api, path, labelSelector, onChange, onTrouble } = options;
  const query =
    labelSelector === undefined ? '' : `?labelSelector=${encodeURIComponent(labelSelector)}`;
  const known = new Set<string>();
  let isFirstList = true;
  let isStopped = false;
  let retry: NodeJS.Timeout | undefined;
  let stopInformer = (): Promise<void> => Promise.resolve();

  const connect = async (): Promise<void> => {
    const attempt = { hasFailed: false };
    const informer = makeInformer<KubernetesObject>(
      kubeConfig,
      path,
      async () => JSON.parse(await api.get(path + query)) as never,
      labelSelector,
    );
    stopInformer = () => informer.stop();
    const tell = (object: KubernetesObject) => {
      const name = object.metadata?.name ?? '';
      known.add(name);
      onChange(name, object, isFirstList);
    };
    informer.on('add', tell);
    informer.on('update', tell);
    informer.on('delete', ({ metadata }) => {
      const name = metadata?.name ?? '';
      if (known.delete(name)) onChange(name, undefined, false);
    });
    informer.on('error', (error: unknown) => {
      attempt.hasFailed = true;
      if (isStopped) return;
      onTrouble(error);
      clearTimeout(retry);
      retry = setTimeout(() => void connect(), isRefusal(error) ? retryAfterRefusalMs : retryMs);
    });
    await informer.start();
    // Stopped while it was connecting, when there was no connection yet that could be closed.
    if (isStopped) await informer.stop();
    if (attempt.hasFailed || isStopped) return;
    onTrouble(undefined);
    isFirstList = false;
    const listed = new Set(informer.list().map(({ metadata }) => metadata?.name));
    for (const name of known) {
      if (!listed.has(name) && known.delete(name)) onChange(name, undefined, false);
    }
  };

  return {
    started: connect(),
    async stop() {
      isStopped = true;
      clearTimeout(retry);
      await stopInformer();
    },
  };
}
