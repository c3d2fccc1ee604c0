import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fillParts } from '@event-platform/scripts/build/lib/fill-parts';
import { formatMarkdown } from './format.ts';
import type { RunRecord } from '../run/run-record.ts';

/** Everything that one or several invocations found. */
export interface ChaosResults {
  /** When and with what the runs were made, one entry for each invocation. */
  invocations: {
    at: string;
    seed: number;
    runs: number;
    lanes: number;
    rate: number;
    cores: number;
  }[];
  records: RunRecord[];
}

/** Of the repository; under version control only for the document. */
export const resultsFile = fileURLToPath(new URL('../../results/chaos.json', import.meta.url));
const document = fileURLToPath(new URL('../../../docs/durability-proof.md', import.meta.url));

/** What earlier invocations left; nothing when there is none. */
export function loadResults(file: string): ChaosResults {
  if (!existsSync(file)) return { invocations: [], records: [] };
  return JSON.parse(readFileSync(file, 'utf8')) as ChaosResults;
}

export function saveResults(file: string, results: ChaosResults): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
}

/** Puts the table into the document, between its markers. */
export function writeDocument({ invocations, records }: ChaosResults): void {
  const how = invocations.map(
    ({ at, seed, runs, lanes, rate, cores }) =>
      `- ${at.slice(0, 16)} UTC: ${runs} runs, seed ${seed}, ${rate} events/s, ${lanes} at once on ${cores} shared cores`,
  );
  const part = `${formatMarkdown(records)}\n\n${how.join('\n')}`;
  const { text } = fillParts('docs/durability-proof.md', readFileSync(document, 'utf8'), {
    chaos: part,
  });
  writeFileSync(document, text);
}

export function coresHere(): number {
  return availableParallelism();
}
