import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { CliError } from '@event-platform/cli/lib/cli-error';
import { topUsers, type AccountCounts } from './file-tally.ts';

const count = z.int().min(0);
const schema = z.object({
  accounts: z.record(
    z.string(),
    z.object({
      total: count,
      by_type: z.record(z.string(), count),
      top_users: z.array(z.object({ user_id: z.string(), count })).max(topUsers),
    }),
  ),
});

/**
 * Reads what the server is expected to say: `{"accounts":{"UA":{"total":2,"by_type":{"a":2},
 * "top_users":[{"user_id":"u","count":2}]}}}`.
 *
 * @throws CliError when the file cannot be read or says something else
 */
export function readExpectation(file: string): Map<string, AccountCounts> {
  const parsed = schema.safeParse(parseFile(file));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new CliError(
      `${file} is no expectation (${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}): load-tests/data/count.py makes one.`,
    );
  }
  const other_types = { types: 0, count: 0 };
  return new Map(
    Object.entries(parsed.data.accounts).map(([name, counts]) => [
      name,
      { ...counts, other_types },
    ]),
  );
}

function parseFile(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CliError(`${file} cannot be read as JSON: ${why}.`);
  }
}
