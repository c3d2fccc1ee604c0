import type { Command } from 'commander';
import { addQueueOptions, resolveRedis, type QueueOptions } from '../lib/redis-options.ts';
import { formatCount } from '../lib/table.ts';
import { setPaused, type QueuePlace } from './pause-queue.ts';
import { formatStatus, readStatus } from './read-status.ts';

const help = `
The api continues to accept events; workers finish the jobs that they hold and take no more. In a cluster hold the
scaler too, by the printed command: KEDA would start pods for a backlog that no pod may take.

Examples:
  ep queue pause
  ep queue status
  ep queue resume`;

/** What the annotation of the ScaledObject is named; keda.pausedReplicas of the chart sets the same one. */
const annotation = 'autoscaling.keda.sh/paused-replicas';
const annotate = (value: string) =>
  `kubectl -n "$NS" annotate scaledobject "$RELEASE-worker" ${value} --overwrite`;

const holdScaler = `
In a cluster, hold the scaler at no workers, unless keda.pausedReplicas in the values of the release does so already:
  ${annotate(`${annotation}=0`)}`;

const releaseScaler = `
In a cluster, let the scaler work again:
  ${annotate(`${annotation}-`)}
While the values of the release set keda.pausedReplicas, the next \`helm upgrade\` holds the scaler again: remove it.`;

/** Adds `queue pause`, `queue resume` and `queue status`. */
export function registerQueueCommands(program: Command): void {
  const queue = program
    .command('queue')
    .description('Show the queue; pause and resume the taking of jobs.');
  addQueueOptions(queue.command('pause').description('Let workers take no further jobs.'))
    .addHelpText('after', help)
    .action((options: QueueOptions) => change(options, true));
  addQueueOptions(queue.command('resume').description('Let workers take jobs again.'))
    .addHelpText('after', help)
    .action((options: QueueOptions) => change(options, false));
  addQueueOptions(
    queue.command('status').description('Show jobs by state, and whether it is paused.'),
  )
    .addHelpText('after', help)
    .action(async (options: QueueOptions) => {
      const place = placeOf(options);
      console.log(formatStatus(place.queue, await readStatus(place, Date.now())));
    });
}

function placeOf(options: QueueOptions): QueuePlace {
  const { redisPrefix: prefix, queueName: queue } = options;
  return { redisUrl: resolveRedis(options), prefix, queue };
}

async function change(options: QueueOptions, isPaused: boolean): Promise<void> {
  const place = placeOf(options);
  const waiting = await setPaused(place, isPaused);
  const state = isPaused ? 'is paused' : 'is not paused';
  console.log(`The queue ${place.queue} ${state}: ${formatCount(waiting)} jobs wait.`);
  console.log(isPaused ? holdScaler : releaseScaler);
}
