import type { Command } from 'commander';

interface Family {
  /** What the command line says first. */
  commands: readonly string[];
  load: () => Promise<(program: Command) => void>;
}

/** In the order of the help. */
export const families: readonly Family[] = [
  {
    commands: ['up', 'down'],
    load: async () => (await import('./local/commands.ts')).registerLocalCommands,
  },
  {
    commands: ['send'],
    load: async () => (await import('./send/commands.ts')).registerSendCommands,
  },
  {
    commands: ['load'],
    load: async () => (await import('./load/commands.ts')).registerLoadCommand,
  },
  {
    commands: ['keys'],
    load: async () => (await import('@event-platform/cli/keys/commands')).registerKeyCommands,
  },
  {
    commands: ['accounts'],
    load: async () =>
      (await import('@event-platform/cli/accounts/commands')).registerAccountCommands,
  },
  {
    commands: ['dead'],
    load: async () =>
      (await import('@event-platform/cli/dead-letters/commands')).registerDeadLetterCommands,
  },
  {
    commands: ['erase'],
    load: async () => (await import('@event-platform/cli/erase/commands')).registerEraseCommand,
  },
  {
    commands: ['queue'],
    load: async () => (await import('@event-platform/cli/queue/commands')).registerQueueCommands,
  },
  {
    commands: ['ledger'],
    load: async () => (await import('@event-platform/cli/ledger/commands')).registerLedgerCommand,
  },
  {
    commands: ['check'],
    load: async () => (await import('../verify/check/commands.ts')).registerCheckCommands,
  },
  {
    commands: ['doctor'],
    load: async () => (await import('@event-platform/cli/doctor/commands')).registerDoctorCommand,
  },
  {
    commands: ['fuzz'],
    load: async () => (await import('../verify/fuzz-api/commands.ts')).registerFuzzCommand,
  },
  {
    commands: ['docs'],
    load: async () => (await import('../build/docs/commands.ts')).registerDocsCommand,
  },
  {
    commands: ['chart-check'],
    load: async () => (await import('../build/chart/commands.ts')).registerChartCommand,
  },
  {
    commands: ['images'],
    load: async () => (await import('../build/images/commands.ts')).registerImagesCommand,
  },
  {
    commands: ['release'],
    load: async () => (await import('../build/release/commands.ts')).registerReleaseCommands,
  },
  {
    commands: ['e2e'],
    load: async () => (await import('../verify/e2e/commands.ts')).registerEndToEndCommand,
  },
  {
    commands: ['watch'],
    load: async () => (await import('@event-platform/cli/watch/commands')).registerWatchCommand,
  },
  {
    commands: ['plot'],
    load: async () => (await import('./plots/commands.ts')).registerPlotCommand,
  },
  {
    commands: ['simulate'],
    load: async () => (await import('./simulate/commands.ts')).registerSimulateCommands,
  },
  {
    commands: ['rules'],
    load: async () => (await import('../build/rules/commands.ts')).registerRulesCommand,
  },
  {
    commands: ['slo-report'],
    load: async () =>
      (await import('@event-platform/cli/slo-report/commands')).registerReportCommand,
  },
  {
    commands: ['screenshot'],
    load: async () => (await import('./observe/commands.ts')).registerScreenshotCommand,
  },
  {
    commands: ['pictures'],
    load: async () => (await import('./pictures/commands.ts')).registerPicturesCommand,
  },
];

/**
 * Gives a program the family of the command that is called, or all of them where none is: each brings
 * clients of its own, and loading all takes longer than most commands run.
 */
export async function registerCommands(
  program: Command,
  called: string | undefined,
): Promise<void> {
  const family = families.find(({ commands }) => called !== undefined && commands.includes(called));
  for (const { load } of family ? [family] : families) (await load())(program);
}
