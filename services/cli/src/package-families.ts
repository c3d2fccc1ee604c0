import { imageFamilies, type Family } from './families.ts';

/**
 * All commands of an operator: those of the images, and `watch`. The client of Kubernetes is large, and no pod of the
 * chart has rights in the cluster, so `watch` is not in the images.
 */
export const packageFamilies: readonly Family[] = [
  ...imageFamilies,
  {
    commands: ['watch'],
    place: 'package',
    load: async () => (await import('./watch/commands.ts')).registerWatchCommand,
  },
];
