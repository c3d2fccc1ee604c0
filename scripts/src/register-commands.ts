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
    load: async () => (await import('./keys/commands.ts')).registerKeyCommands,
  },
  {
    commands: ['accounts'],
    load: async () => (await import('./accounts/commands.ts')).registerAccountCommands,
  },
  {
    commands: ['dead'],
    load: async () => (await import('./dead/commands.ts')).registerDeadCommands,
  },
  {
    commands: ['erase'],
    load: async () => (await import('./erase/commands.ts')).registerEraseCommand,
  },
  {
    commands: ['queue'],
    load: async () => (await import('./queue/commands.ts')).registerQueueCommands,
  },
  {
    commands: ['ledger'],
    load: async () => (await import('./ledger/commands.ts')).registerLedgerCommand,
  },
  {
    commands: ['check'],
    load: async () => (await import('./check/commands.ts')).registerCheckCommands,
  },
  {
    commands: ['doctor'],
    load: async () => (await import('./doctor/commands.ts')).registerDoctorCommand,
  },
  {
    commands: ['fuzz'],
    load: async () => (await import('./fuzz/commands.ts')).registerFuzzCommand,
  },
  {
    commands: ['docs'],
    load: async () => (await import('./docs/commands.ts')).registerDocsCommand,
  },
  {
    commands: ['chart-check'],
    load: async () => (await import('./chart/commands.ts')).registerChartCommand,
  },
  {
    commands: ['images'],
    load: async () => (await import('./images/commands.ts')).registerImagesCommand,
  },
  {
    commands: ['release'],
    load: async () => (await import('./release/commands.ts')).registerReleaseCommands,
  },
  {
    commands: ['e2e'],
    load: async () => (await import('./e2e/commands.ts')).registerEndToEndCommand,
  },
  {
    commands: ['watch'],
    load: async () => (await import('./watch/commands.ts')).registerWatchCommand,
  },
  {
    commands: ['simulate'],
    load: async () => (await import('./simulate/commands.ts')).registerSimulateCommands,
  },
  {
    commands: ['rules'],
    load: async () => (await import('./slo/commands.ts')).registerRulesCommand,
  },
  {
    commands: ['slo-report'],
    load: async () => (await import('./slo/report/commands.ts')).registerReportCommand,
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
