import { describeError } from '../../lib/explain-error.ts';
import type { WatchedKind } from '../model/objects.ts';
import { ApiError } from './api-client.ts';
import { kinds } from './kinds.ts';

/** Why a kind of object cannot be read, and what is hidden without it, in one sentence. */
export function explainMissing(kind: WatchedKind, namespace: string, error: unknown): string {
  const { plural, missing } = kinds[kind];
  const status = statusOf(error);
  if (status === 403)
    return `No right to watch ${plural} in ${namespace}: ${missing} cannot be shown.`;
  if (status === 404) {
    if (kind === 'scaledobjects') return 'KEDA is not installed in this cluster.';
    return `The API server has no ${plural}: ${missing} cannot be shown.`;
  }
  if (status === 401) {
    return 'The API server does not accept the credentials of the kubeconfig (401): sign in again.';
  }
  return `The API server does not answer (${reasonOf(error)}): trying again.`;
}

/** Why the metrics of a pod could not be read. */
export function explainScrape(component: string, error: unknown): string {
  const status = statusOf(error);
  if (status === 403) {
    return 'No right to get pods/proxy: backlog, age and rates cannot be shown.';
  }
  if (status !== undefined) {
    return `The metrics of ${component} pods cannot be reached through the API server (${status}): a NetworkPolicy may keep it from port ops.`;
  }
  return `The metrics of ${component} pods cannot be read (${reasonOf(error)}).`;
}

/** Whether the next attempt should wait long: rights and APIs do not appear within seconds. */
export function isRefusal(error: unknown): boolean {
  const status = statusOf(error);
  return status === 401 || status === 403 || status === 404;
}

/** The status of an ApiError, or of an error of the client's watch, which has another name. */
function statusOf(error: unknown): number | undefined {
  if (error instanceof ApiError) return error.status;
  const { statusCode } = (error ?? {}) as { statusCode?: unknown };
  return typeof statusCode === 'number' ? statusCode : undefined;
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && /^(Abort|Timeout)Error$/.test(error.name)) {
    return 'no answer in time';
  }
  return describeError(error).what;
}
