import type { Family } from '@event-platform/cli/families';
import { packageFamilies } from '@event-platform/cli/package-families';

/** The developer's commands, which need a clone. */
const cloneFamilies: readonly Family[] = [
  {
    commands: ['up', 'down'],
    place: 'clone',
    load: async () => (await import('./local/commands.ts')).registerLocalCommands,
  },
  {
    commands: ['send'],
    place: 'clone',
    load: async () => (await import('./send/commands.ts')).registerSendCommands,
  },
  {
    commands: ['load'],
    place: 'clone',
    load: async () => (await import('./load/commands.ts')).registerLoadCommand,
  },
  {
    commands: ['check'],
    place: 'clone',
    load: async () => (await import('../verify/check/commands.ts')).registerCheckCommands,
  },
  {
    commands: ['fuzz'],
    place: 'clone',
    load: async () => (await import('../verify/fuzz-api/commands.ts')).registerFuzzCommand,
  },
  {
    commands: ['docs'],
    place: 'clone',
    load: async () => (await import('../build/docs/commands.ts')).registerDocsCommand,
  },
  {
    commands: ['chart-check'],
    place: 'clone',
    load: async () => (await import('../build/chart/commands.ts')).registerChartCommand,
  },
  {
    commands: ['images'],
    place: 'clone',
    load: async () => (await import('../build/images/commands.ts')).registerImagesCommand,
  },
  {
    commands: ['release'],
    place: 'clone',
    load: async () => (await import('../build/release/commands.ts')).registerReleaseCommands,
  },
  {
    commands: ['e2e'],
    place: 'clone',
    load: async () => (await import('../verify/e2e/commands.ts')).registerEndToEndCommand,
  },
  {
    commands: ['plot'],
    place: 'clone',
    load: async () => (await import('./plots/commands.ts')).registerPlotCommand,
  },
  {
    commands: ['simulate'],
    place: 'clone',
    load: async () => (await import('./simulate/commands.ts')).registerSimulateCommands,
  },
  {
    commands: ['rules'],
    place: 'clone',
    load: async () => (await import('../build/rules/commands.ts')).registerRulesCommand,
  },
  {
    commands: ['screenshot'],
    place: 'clone',
    load: async () => (await import('./observe/commands.ts')).registerScreenshotCommand,
  },
  {
    commands: ['pictures'],
    place: 'clone',
    load: async () => (await import('./pictures/commands.ts')).registerPicturesCommand,
  },
];

/** Every command of `ep` with the place that it runs in, in the order of the help: the operator's first. */
export const families: readonly Family[] = [...packageFamilies, ...cloneFamilies];
