import type { TimelineSample } from './sample.ts';
import type { ReleaseState } from './release-state.ts';

/**
 * Says in sentences what cannot be seen and why, the most telling first: what the cluster refuses or
 * fails to answer, then what is simply not there.
 *
 * @param troubles sentences about requests that failed
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
      missing.push('No api pod is there: nobody tells backlog, age and rates.');
    } else if (api.ready === 0) missing.push('No api pod is ready: backlog and age are not told.');
    else if (problems.length === 0) {
      missing.push(
        'The api pods do not tell the backlog: they do not reach Redis, or start just now.',
      );
    }
  }
  return missing;
}
