import type { Command } from 'commander';

/**
 * Where a family of commands runs. `image`: in the pods too (`kubectl exec … -- ep`), in the packed package and in a
 * clone; `package`: in the packed package and in a clone, since it needs a kubeconfig; `clone`: in a clone alone.
 */
export type Place = 'image' | 'package' | 'clone';

/** Commands that share their clients, and are loaded together. */
export interface Family {
  /** The first words of the command lines. */
  commands: readonly string[];
  place: Place;
  load: () => Promise<(program: Command) => void>;
}

/** The operator's commands that need PostgreSQL, Redis, the api or Prometheus alone, in the order of the help. */
export const imageFamilies: readonly Family[] = [
  {
    commands: ['keys'],
    place: 'image',
    load: async () => (await import('./keys/commands.ts')).registerKeyCommands,
  },
  {
    commands: ['accounts'],
    place: 'image',
    load: async () => (await import('./accounts/commands.ts')).registerAccountCommands,
  },
  {
    commands: ['dead'],
    place: 'image',
    load: async () => (await import('./dead-letters/commands.ts')).registerDeadLetterCommands,
  },
  {
    commands: ['erase'],
    place: 'image',
    load: async () => (await import('./erase/commands.ts')).registerEraseCommand,
  },
  {
    commands: ['queue'],
    place: 'image',
    load: async () => (await import('./queue/commands.ts')).registerQueueCommands,
  },
  {
    commands: ['ledger'],
    place: 'image',
    load: async () => (await import('./ledger/commands.ts')).registerLedgerCommand,
  },
  {
    commands: ['doctor'],
    place: 'image',
    load: async () => (await import('./doctor/commands.ts')).registerDoctorCommand,
  },
  {
    commands: ['metrics', 'ready'],
    place: 'image',
    load: async () => (await import('./pod/commands.ts')).registerPodCommands,
  },
  {
    commands: ['redis'],
    place: 'image',
    load: async () => (await import('./redis/commands.ts')).registerRedisCommands,
  },
  {
    commands: ['postgres'],
    place: 'image',
    load: async () => (await import('./postgres/commands.ts')).registerPostgresCommands,
  },
  {
    commands: ['slo-report'],
    place: 'image',
    load: async () => (await import('./slo-report/commands.ts')).registerReportCommand,
  },
];

/**
 * Adds the family of the command that is called, or all of them where none is: each brings clients of its own, and
 * loading all takes longer than most commands run.
 *
 * @param called the first word of the command line
 */
export async function registerFamilies(
  program: Command,
  families: readonly Family[],
  called: string | undefined,
): Promise<void> {
  const family = families.find(({ commands }) => called !== undefined && commands.includes(called));
  for (const { load } of family ? [family] : families) (await load())(program);
}
