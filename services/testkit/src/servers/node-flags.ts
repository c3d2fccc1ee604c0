/**
 * Flags of Node that each service is started with, wherever it runs from its sources; the images have the
 * same (services/worker/Dockerfile).
 *
 * A worker's garbage is bytes outside the heap: what it reads from Redis, unpacks and writes. V8 frees young
 * ones only with the young heap, which by default is so large that they reach the limit for a whole
 * collection first (docs/adr/0024-packed-rows.md). The other flags keep memory well below the chart's
 * limits; docs/adr/0025-fewer-looks.md has what they cost.
 */
export const nodeFlags: Record<'api' | 'worker' | 'maintainer', readonly string[]> = {
  api: ['--max-semi-space-size=16'],
  worker: ['--max-semi-space-size=4', '--heap-growing-percent=50'],
  maintainer: [],
};
