import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '@event-platform/core/storage/migrate';
import { startPostgres } from '@event-platform/testkit/servers/postgres-server';
import { startRedis } from '@event-platform/testkit/servers/redis-server';
import { repositoryRoot } from '@event-platform/cli/lib/local-state';
import { imageContents, type ImageName } from './image-contents.ts';
import { buildah } from './buildah.ts';
import { layersOf, unpackedBytes } from './image-layers.ts';
import { timeStart } from './time-start.ts';

/** The measured figures of an image. */
export interface ImageFigures {
  image: ImageName;
  bytes: number;
  /** From the start of a container to ready, the fastest first. */
  startsMs: number[];
  /** Digest of the highest layer, and whether all layers of a second build are the same. */
  layer: string;
  isReproducible: boolean;
}

const buildScript = join(repositoryRoot, 'k8s/testbed/build-image.sh');

/**
 * Builds each image twice from nothing, compares the layers, and starts the first one against a Redis and a
 * PostgreSQL of its own. Its images are removed after that.
 *
 * @param say is called with a line for each step
 */
export async function measureImages(
  starts: number,
  say: (line: string) => void,
): Promise<ImageFigures[]> {
  const names = Object.keys(imageContents) as ImageName[];
  const builds = ['first', 'second'] as const;
  const tagOf = (name: ImageName, build: string) => `localhost/measured-${name}:${build}`;
  try {
    for (const name of names) {
      for (const build of builds) {
        say(`building ${name}, the ${build} time`);
        await buildah([name, tagOf(name, build), '--no-cache'], buildScript);
      }
    }
    return await withServers(async (env) => {
      const figures: ImageFigures[] = [];
      for (const image of names) {
        say(`starting ${image} ${starts} times`);
        const layers = await layersOf(tagOf(image, 'first'));
        const again = await layersOf(tagOf(image, 'second'));
        const startsMs: number[] = [];
        for (let start = 0; start < starts; start++) {
          startsMs.push(await timeStart(tagOf(image, 'first'), env));
        }
        figures.push({
          image,
          bytes: await unpackedBytes(tagOf(image, 'first')),
          startsMs: startsMs.sort((a, b) => a - b),
          layer: layers.at(-1) ?? '',
          isReproducible: layers.join() === again.join(),
        });
      }
      return figures;
    });
  } finally {
    for (const name of names) {
      for (const build of builds) {
        await buildah(['rmi', tagOf(name, build)]).catch(() => undefined);
      }
    }
  }
}

async function withServers<T>(work: (env: Record<string, string>) => Promise<T>): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'event-platform-images-'));
  // As root, PostgreSQL runs as another account, which has to pass through.
  chmodSync(dir, 0o755);
  const redis = await startRedis({ dataDir: join(dir, 'redis'), port: 0, appendonly: false });
  try {
    const postgres = await startPostgres({
      dataDir: join(dir, 'postgres'),
      port: 0,
      durable: false,
    });
    try {
      await migrate(postgres.url);
      return await work({ DATABASE_URL: postgres.url, REDIS_URL: redis.url, HOST: '127.0.0.1' });
    } finally {
      await postgres.stop();
    }
  } finally {
    await redis.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}
