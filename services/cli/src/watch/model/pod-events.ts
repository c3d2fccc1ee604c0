import type { TimelineEvent } from './sample.ts';
import type { ContainerStatus, Metadata, PodObject } from './objects.ts';
import { containersOf, podPhase, podProblem, readyCondition } from './pod-status.ts';

type Severity = TimelineEvent['severity'];

/**
 * What happened to a pod between two states: its creation, its readiness, restarts and problems with their reasons, its
 * end. Timed by the cluster, where it gives a time.
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
  const report = (
    reason: string,
    message: string,
    time: string = now,
    severity: Severity = 'normal',
  ) => events.push({ time, kind: 'Pod', name: pod.metadata.name, reason, message, severity });

  if (!before) report('Created', '', pod.metadata.creationTimestamp);
  if (after) {
    reportRestarts(before, after, report);
    reportProblem(before, after, report);
    reportReadiness(before, after, report);
    reportEnd(before, after, report);
  } else {
    report('Gone', '');
  }
  return events;
}

type Report = (reason: string, message: string, time?: string, severity?: Severity) => unknown;

function reportRestarts(before: PodObject | undefined, after: PodObject, report: Report): void {
  const restartsBefore = new Map<string, number>(
    before ? containersOf(before).map(({ name, restartCount }) => [name, restartCount]) : [],
  );
  for (const container of containersOf(after)) {
    if (container.restartCount <= (restartsBefore.get(container.name) ?? 0)) continue;
    const ended = container.lastState?.terminated ?? container.state?.terminated;
    const what = `${container.name} ${describeExit(container, ended?.exitCode)}`;
    report(ended?.reason ?? 'Restarted', what, ended?.finishedAt, 'warning');
  }
}

function describeExit({ restartCount }: ContainerStatus, exitCode: number | undefined): string {
  const exited = exitCode === undefined ? 'ended' : `ended with code ${exitCode}`;
  return `${exited}, restart ${restartCount}`;
}

function reportProblem(before: PodObject | undefined, after: PodObject, report: Report): void {
  const problem = podProblem(after);
  if (!problem || (before && podProblem(before)?.reason === problem.reason)) return;
  report(problem.reason, problem.message, undefined, 'warning');
}

function reportReadiness(before: PodObject | undefined, after: PodObject, report: Report): void {
  const was = before ? podPhase(before) : 'starting';
  const is = podPhase(after);
  const since = readyCondition(after)?.lastTransitionTime;
  if (is === 'ready' && was !== 'ready') report('Ready', describeStart(after, since), since);
  if (is === 'starting' && was === 'ready') {
    report('NotReady', 'the readiness probe fails', since, 'warning');
  }
}

/** How long a first start took; a pod that comes back later has no such number. */
function describeStart(pod: PodObject, since: string | undefined): string {
  const restarts = containersOf(pod).reduce((sum, { restartCount }) => sum + restartCount, 0);
  const createdAt = pod.metadata.creationTimestamp;
  if (restarts > 0 || since === undefined || createdAt === undefined) return '';
  return `${(Date.parse(since) - Date.parse(createdAt)) / 1_000} s after it was created`;
}

function reportEnd(before: PodObject | undefined, after: PodObject, report: Report): void {
  const { status, metadata } = after;
  if (status?.phase === 'Failed' && before?.status?.phase !== 'Failed') {
    report(status.reason ?? 'Failed', status.message ?? '', undefined, 'warning');
  }
  if (status?.phase === 'Succeeded' && before?.status?.phase !== 'Succeeded') {
    // A pod that is deleted ends; one that ends without that has finished its work, as the pod of a Job.
    if (metadata.deletionTimestamp === undefined) report('Finished', 'ended with code 0');
  }
  if (metadata.deletionTimestamp !== undefined && !before?.metadata.deletionTimestamp) {
    // Set by a controller that ends pods for a reason of its own: a drain, a pre-emption, a full node.
    const disruption = status?.conditions?.find(
      ({ type, status: isSo }) => type === 'DisruptionTarget' && isSo === 'True',
    );
    const time = stopRequestedAt(metadata);
    if (disruption) {
      report(disruption.reason ?? 'Disrupted', disruption.message ?? '', time, 'warning');
    } else report('Ending', '', time);
  }
}

function stopRequestedAt({ deletionTimestamp, deletionGracePeriodSeconds = 0 }: Metadata) {
  if (deletionTimestamp === undefined) return undefined;
  const atMs = Date.parse(deletionTimestamp) - deletionGracePeriodSeconds * 1_000;
  return new Date(atMs).toISOString();
}
