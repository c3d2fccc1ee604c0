import type { TimelineEvent } from './sample.ts';
import type { ContainerStatus, Metadata, PodObject } from './objects.ts';
import { containersOf, podPhase, podTrouble, readyCondition } from './pod-status.ts';

type Severity = TimelineEvent['severity'];

/**
 * What happened to a pod between two looks at it: its birth, its readiness, restarts and troubles
 * with their reasons, its end. Timed by the cluster where it says when.
 *
 * @param before undefined: it was not there
 * @param after undefined: it is gone
 * @param now ISO 8601, for what the cluster does not time
 */
export function podEvents(
  before: PodObject | undefined,
  after: PodObject | undefined,
  now: string,
): TimelineEvent[] {
  const pod = after ?? before;
  if (!pod) return [];
  const events: TimelineEvent[] = [];
  const tell = (
    reason: string,
    message: string,
    time: string = now,
    severity: Severity = 'normal',
  ) => events.push({ time, kind: 'Pod', name: pod.metadata.name, reason, message, severity });

  if (!before) tell('Created', '', pod.metadata.creationTimestamp);
  if (after) {
    tellRestarts(before, after, tell);
    tellTrouble(before, after, tell);
    tellReadiness(before, after, tell);
    tellEnd(before, after, tell);
  } else {
    tell('Gone', '');
  }
  return events;
}

type Tell = (reason: string, message: string, time?: string, severity?: Severity) => unknown;

function tellRestarts(before: PodObject | undefined, after: PodObject, tell: Tell): void {
  const restartsBefore = new Map<string, number>(
    before ? containersOf(before).map(({ name, restartCount }) => [name, restartCount]) : [],
  );
  for (const container of containersOf(after)) {
    if (container.restartCount <= (restartsBefore.get(container.name) ?? 0)) continue;
    const ended = container.lastState?.terminated ?? container.state?.terminated;
    const what = `${container.name} ${describeExit(container, ended?.exitCode)}`;
    tell(ended?.reason ?? 'Restarted', what, ended?.finishedAt, 'warning');
  }
}

function describeExit({ restartCount }: ContainerStatus, exitCode: number | undefined): string {
  const exited = exitCode === undefined ? 'ended' : `ended with code ${exitCode}`;
  return `${exited}, restart ${restartCount}`;
}

function tellTrouble(before: PodObject | undefined, after: PodObject, tell: Tell): void {
  const trouble = podTrouble(after);
  if (!trouble || (before && podTrouble(before)?.reason === trouble.reason)) return;
  tell(trouble.reason, trouble.message, undefined, 'warning');
}

function tellReadiness(before: PodObject | undefined, after: PodObject, tell: Tell): void {
  const was = before ? podPhase(before) : 'starting';
  const is = podPhase(after);
  const since = readyCondition(after)?.lastTransitionTime;
  if (is === 'ready' && was !== 'ready') tell('Ready', describeStart(after, since), since);
  if (is === 'starting' && was === 'ready') {
    tell('NotReady', 'the readiness probe fails', since, 'warning');
  }
}

/** How long a first start took; a pod that comes back later has no such number. */
function describeStart(pod: PodObject, since: string | undefined): string {
  const restarts = containersOf(pod).reduce((sum, { restartCount }) => sum + restartCount, 0);
  const createdAt = pod.metadata.creationTimestamp;
  if (restarts > 0 || since === undefined || createdAt === undefined) return '';
  return `${(Date.parse(since) - Date.parse(createdAt)) / 1_000} s after it was created`;
}

function tellEnd(before: PodObject | undefined, after: PodObject, tell: Tell): void {
  const { status, metadata } = after;
  if (status?.phase === 'Failed' && before?.status?.phase !== 'Failed') {
    tell(status.reason ?? 'Failed', status.message ?? '', undefined, 'warning');
  }
  if (status?.phase === 'Succeeded' && before?.status?.phase !== 'Succeeded') {
    // A pod that was told to end does; one that ends by itself has done its work.
    if (metadata.deletionTimestamp === undefined) tell('Succeeded', '');
  }
  if (metadata.deletionTimestamp !== undefined && !before?.metadata.deletionTimestamp) {
    // Set by whoever ends pods for a reason of its own: a drain, a pre-emption, a full node.
    const disruption = status?.conditions?.find(
      ({ type, status: isSo }) => type === 'DisruptionTarget' && isSo === 'True',
    );
    const time = toldToEndAt(metadata);
    if (disruption) {
      tell(disruption.reason ?? 'Disrupted', disruption.message ?? '', time, 'warning');
    } else tell('Ending', '', time);
  }
}

function toldToEndAt({ deletionTimestamp, deletionGracePeriodSeconds = 0 }: Metadata) {
  if (deletionTimestamp === undefined) return undefined;
  const atMs = Date.parse(deletionTimestamp) - deletionGracePeriodSeconds * 1_000;
  return new Date(atMs).toISOString();
}
