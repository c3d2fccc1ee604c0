import type { BaselineSet } from '../catalogue/catalogue.ts';
import { benchTargets } from './bench-targets.ts';
import { formatMarkdown } from './markdown.ts';
import type { BenchResults, Rate } from './results.ts';
import { table } from './table.ts';
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
        ...(section.name === 'protection' ? [formatProtection(own)] : []),
        formatMarkdown(own),
      ];
      return [section.name, parts.join('\n\n')];
    }),
  );
}

/** What of the results a section is about: its yardsticks, and ratios between two of them. */
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

/** What a request of 100 events costs more than without any protection, in CPU of all processes. */
function formatProtection({ rates }: BenchResults): string {
  const open = rates['S100-open']?.cpuPer1000;
  if (!open) return 'CPU is not known here.';
  const perRequest = (rate: Rate) => (rate.cpuPer1000?.total ?? 0) * 100_000;
  const base = open.total * 100_000;
  const rows = Object.entries(rates).map(([name, rate]) => [
    name,
    rate.description,
    perRequest(rate).toFixed(0),
    (perRequest(rate) - base).toFixed(0),
    `${((perRequest(rate) / base - 1) * 100).toFixed(1)} %`,
  ]);
  return `What each protection costs a request of 100 events, in µs of CPU of all processes together:\n\n${table(
    ['', 'what', 'µs a request', 'more than open', 'in per cent'],
    rows,
  )}`;
}
