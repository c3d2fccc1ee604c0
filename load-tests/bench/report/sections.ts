import type { BaselineSet } from '../catalogue/catalogue.ts';
import { benchTargets } from './bench-targets.ts';
import { formatMarkdown } from './markdown.ts';
import type { BenchResults } from './results.ts';
import { formatTargets } from './targets.ts';

/** A part of the results that is published under its own markers. */
export interface Section {
  name: BaselineSet['name'];
  baselines: readonly { name: string }[];
}

/**
 * Writes each section: command, targets, what is special to it, tables, conditions.
 *
 * @param command that made the results
 */
export function formatSections(
  results: BenchResults,
  sections: readonly Section[],
  command: string,
): Record<string, string> {
  return Object.fromEntries(
    sections.map((section) => {
      const own = resultsOf(results, section);
      const targets = benchTargets(section.name, own);
      const parts = [
        `Made by \`${command}\`; rows are counted in PostgreSQL, after the queue has drained.`,
        ...(targets.length > 0 ? [formatTargets(targets)] : []),
        formatMarkdown(own),
      ];
      return [section.name, parts.join('\n\n')];
    }),
  );
}

/** What of the results a section is about: its baselines, and ratios between two of them. */
function resultsOf(
  { conditions, rates, ratios }: BenchResults,
  { baselines }: Section,
): BenchResults {
  const isOwn = (name: string) => baselines.some((one) => one.name === name);
  return {
    conditions,
    rates: pick(rates, isOwn),
    ratios: pick(ratios, (name) => name.split('_').slice(0, 2).every(isOwn)),
  };
}

function pick<T>(values: Record<string, T>, isWanted: (name: string) => boolean) {
  return Object.fromEntries(Object.entries(values).filter(([name]) => isWanted(name)));
}
