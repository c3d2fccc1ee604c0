import { readdirSync, lstatSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { buildah } from './buildah.ts';

const inspected = z.object({
  OCIv1: z.object({ rootfs: z.object({ diff_ids: z.array(z.string()) }) }),
});

/** Digests of an image's layers as they are unpacked, the lowest first. */
export async function layersOf(image: string): Promise<string[]> {
  const text = await buildah(['inspect', '--type', 'image', image]);
  return inspected.parse(JSON.parse(text)).OCIv1.rootfs.diff_ids;
}

/** The bytes of the files that an image has in its folder /app; all that it adds lies there. */
export async function unpackedBytes(image: string): Promise<number> {
  const container = await buildah(['from', '--pull-never', image]);
  try {
    const app = join(await buildah(['mount', container]), 'app');
    return readdirSync(app, { recursive: true, encoding: 'utf8' })
      .map((name) => lstatSync(join(app, name)))
      .reduce((bytes, file) => bytes + (file.isFile() ? file.size : 0), 0);
  } finally {
    await buildah(['rm', container]);
  }
}
