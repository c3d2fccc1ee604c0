export type ImageName = 'api' | 'worker';

interface ImageContents {
  /** Name in the image, without .js → source, both relative to their roots. */
  programs: Record<string, string>;
  /** What the programs read beside themselves: source → name in the image. */
  files: Record<string, string>;
}

const ep = 'services/cli/src/main.ts';

/** What each image consists of. The Dockerfiles and the chart start the programs by these names. */
export const imageContents: Record<ImageName, ImageContents> = {
  api: {
    programs: { main: 'services/api/src/main.ts', ep },
    files: {
      'services/api/src/admission/admit.lua': 'admit.lua',
      'services/core/src/queue/enqueue.lua': 'enqueue.lua',
      'services/core/src/storage/migrations': 'migrations',
    },
  },
  worker: {
    programs: {
      main: 'services/worker/src/main.ts',
      maintainer: 'services/maintainer/src/main.ts',
      migrate: 'services/worker/src/migrate-main.ts',
      'helm-test': 'scripts/build/images/helm-test/main.ts',
      ep,
    },
    files: { 'services/core/src/storage/migrations': 'migrations' },
  },
};
