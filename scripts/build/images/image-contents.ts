export type ImageName = 'api' | 'worker';

/** What a bundle consists of: a folder that needs Node.js and nothing else. */
export interface BundleContents {
  /** Name in the folder, without .js → source, both relative to their roots. */
  programs: Record<string, string>;
  /** What the programs read: source → name in the folder. */
  files: Record<string, string>;
}

/** What `ep` reads: `dead requeue` adds jobs by the script, `doctor` compares the migrations. */
const epFiles = {
  'services/core/src/queue/enqueue.lua': 'enqueue.lua',
  'services/core/src/storage/migrations': 'migrations',
};
const ep = 'services/cli/src/main.ts';

/** What each image consists of. The Dockerfiles and the chart start the programs by these names. */
export const imageContents: Record<ImageName, BundleContents> = {
  api: {
    programs: { main: 'services/api/src/main.ts', ep },
    files: { 'services/api/src/admission/admit.lua': 'admit.lua', ...epFiles },
  },
  worker: {
    programs: {
      main: 'services/worker/src/main.ts',
      maintainer: 'services/maintainer/src/main.ts',
      migrate: 'services/worker/src/migrate-main.ts',
      'helm-test': 'scripts/build/images/helm-test/main.ts',
      ep,
    },
    files: epFiles,
  },
};

/** The packed package of an operator's own machine: every command of the images, and `ep watch`. */
export const packageContents: BundleContents = {
  programs: { ep: 'services/cli/src/package-main.ts' },
  files: epFiles,
};
