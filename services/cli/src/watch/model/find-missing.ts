import type { TimelineSample } from './sample.ts';
import type { ReleaseState } from './release-state.ts';

/**
 * Sentences for what cannot be shown and why: first what the cluster refuses or fails to answer, then what does not exist.
 *
 * @param problems sentences about requests that failed
 */
export function findMissing(
  problems: readonly string[],
  state: ReleaseState,
  { api, queue, workers }: Pick<TimelineSample, 'api' | 'queue' | 'workers'>,
  { release, namespace }: { release: string; namespace: string },
): string[] {
  const missing = [...problems];
  if (!api && !workers && problems.length === 0) {
    missing.push(`No release ${release} in ${namespace} yet: waiting for it.`);
  } else if (api && !queue) {
    if (api.ready + api.starting + api.ending === 0) {
      missing.push('There is no api pod: backlog, age and rates are unknown.');
    } else if (api.ready === 0) missing.push('No api pod is ready: backlog and age are unknown.');
    else if (problems.length === 0) {
      missing.push(
        'The api pods do not export the backlog: they do not reach Redis, or are starting.',
      );
    }
  }
  return missing;
}
