import { rateWindowMs } from '../model/meter.ts';
import { explainScrape } from './explain-missing.ts';
import type { ScrapeTarget } from './scrape-pods.ts';

type Component = ScrapeTarget['component'];

/**
 * Remembers which pods answered. A pod that does not answer while it starts or ends is no problem; a
 * component of which no pod answers for a while is.
 */
export class ScrapeProblems {
  readonly #lastAnswer = new Map<Component, number>();
  readonly #failures = new Map<string, { component: Component; error: unknown; sinceMs: number }>();

  answered({ uid, component }: ScrapeTarget, nowMs: number): void {
    this.#lastAnswer.set(component, nowMs);
    this.#failures.delete(uid);
  }

  failed({ uid, component }: ScrapeTarget, error: unknown, nowMs: number): void {
    const sinceMs = this.#failures.get(uid)?.sinceMs ?? nowMs;
    this.#failures.set(uid, { component, error, sinceMs });
  }

  /** Sentences, given the pods that are there to answer. */
  report(targets: readonly ScrapeTarget[], nowMs: number): string[] {
    const there = new Set(targets.map(({ uid }) => uid));
    const reported = new Map<Component, string>();
    for (const [uid, { component, error, sinceMs }] of this.#failures) {
      if (!there.has(uid)) this.#failures.delete(uid);
      else if (Math.max(sinceMs, this.#lastAnswer.get(component) ?? 0) < nowMs - rateWindowMs) {
        reported.set(component, explainScrape(component, error));
      }
    }
    return [...reported.values()];
  }
}
