import type { Platform } from './platform.ts';

/**
 * Measures on a platform that is starting, and stops it whatever comes of it.
 *
 * @throws Error of the measurement, with the end of what api and worker wrote
 */
export async function withPlatform<Result>(
  starting: Promise<Platform>,
  measure: (platform: Platform) => Promise<Result>,
): Promise<Result> {
  const platform = await starting;
  try {
    return await measure(platform);
  } catch (error) {
    throw new Error(`${String(error)}\n${platform.logs()}`, { cause: error });
  } finally {
    await platform.stop();
  }
}
