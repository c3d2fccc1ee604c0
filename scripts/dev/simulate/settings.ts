import { z } from 'zod';

const positive = (usual: number, description: string) =>
  z.coerce.number().positive().default(usual).describe(description);
const atLeastZero = (usual: number, description: string) =>
  z.coerce.number().nonnegative().default(usual).describe(description);

/**
 * What a simulation assumes. The usual values of the scaling are the chart's; those of the pods and the
 * database are the testbed's, as `calibrate` reads them off the recorded bursts.
 */
export const settingsSchema = z.strictObject({
  pollingIntervalS: positive(1, 'KEDA looks this often while there is no pod'),
  cooldownS: positive(60, 'KEDA ends the last pods this long after it last saw work'),
  autoscalerPeriodS: positive(15, 'the autoscaler looks this often'),
  jobsPerPod: positive(20, 'keda.jobsPerPod: the autoscaler asks for one pod for so many jobs'),
  minPods: atLeastZero(0, 'keda.minReplicas'),
  maxPods: positive(10, 'keda.maxReplicas'),
  tolerance: atLeastZero(0.1, 'the autoscaler ignores deviations up to this share'),
  stabilizationS: atLeastZero(60, 'the highest wish of this long counts when pods shall go'),
  scaleDownPercent: positive(50, 'at most this share of the pods goes in a period'),
  scaleDownPeriodS: positive(30, 'that period'),
  podStartS: positive(1.56, 'from the decision to the first job of a pod that starts alone'),
  podStartCpuS: atLeastZero(1.05, 'CPU of a start; what starts together shares the cores'),
  readyAfterS: atLeastZero(1.6, 'from the first job to Ready'),
  cores: positive(2, 'cores that starts share'),
  acceptCpuS: atLeastZero(
    0.00443,
    'CPU that a job costs on its way in, where it shares the cores of starts',
  ),
  rateWhileStarting: positive(
    0.805,
    'share of their rate that working pods keep while others start',
  ),
  podJobsPerS: positive(37.9, 'jobs that one pod stores a second'),
  databaseJobsPerS: positive(92.4, 'jobs that the database stores a second, however many pods'),
  apiJobsPerS: positive(100_000, 'jobs that the api accepts a second; what is beyond is refused'),
  eventsPerJob: positive(100, 'events in a job'),
  connectionsPerPod: positive(3, 'connections to PostgreSQL that a worker opens'),
  apiConnections: atLeastZero(12, 'connections to PostgreSQL of all api pods'),
  promiseS: positive(60, 'the longest that an event may wait'),
});

export type Settings = z.infer<typeof settingsSchema>;
