import { readMetrics, type PodReading } from '../model/read-metrics.ts';
import type { ApiClient } from './api-client.ts';

/** A pod whose metrics can be asked for. */
export interface ScrapeTarget {
  name: string;
  uid: string;
  component: 'api' | 'worker';
  port: number;
}

export interface ScrapeOptions {
  api: ApiClient;
  namespace: string;
  intervalMs: number;
  /** The pods to ask, now. */
  targets: () => readonly ScrapeTarget[];
  onReading: (target: ScrapeTarget, reading: PodReading) => void;
  onProblem: (target: ScrapeTarget, error: unknown) => void;
}

const timeoutMs = 3_000;
/** More pods than this are asked in turns, so that a large release costs the API server no more. */
const maxPerTurn = 25;

/**
 * Asks pods for their metrics through the API server's proxy, each at most once at a time.
 *
 * @returns ends it
 */
export function scrapePods(options: ScrapeOptions): () => void {
  const { api, namespace, intervalMs, targets, onReading, onProblem } = options;
  const busy = new Set<string>();
  let turn = 0;
  let isStopped = false;

  const ask = async (target: ScrapeTarget): Promise<void> => {
    busy.add(target.uid);
    try {
      const pod = `${target.name}:${target.port}`;
      const path = `/api/v1/namespaces/${namespace}/pods/${pod}/proxy/metrics`;
      const text = await api.get(path, timeoutMs);
      if (!isStopped) onReading(target, readMetrics(text));
    } catch (error) {
      if (!isStopped) onProblem(target, error);
    } finally {
      busy.delete(target.uid);
    }
  };

  const queryAll = (): void => {
    const all = targets();
    const turns = Math.max(1, Math.ceil(all.length / maxPerTurn));
    turn = (turn + 1) % turns;
    all.forEach((target, index) => {
      if (index % turns === turn && !busy.has(target.uid)) void ask(target);
    });
  };

  const timer = setInterval(queryAll, intervalMs);
  return () => {
    isStopped = true;
    clearInterval(timer);
  };
}
