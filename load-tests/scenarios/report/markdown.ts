import type { Report } from './report.ts';
import { headline, sectionsOf, type Section } from './sections.ts';

/** The report as Markdown that reads well in a terminal, too. */
export function formatMarkdown(report: Report): string {
  const head = [`# ${report.name}`, report.about, `**${headline(report)}**`];
  const foot = `${report.finishedAt}, against ${report.url}`;
  return `${[...head, ...sectionsOf(report).map(formatSection), foot].join('\n\n')}\n`;
}

function formatSection({ title, header, rows }: Section): string {
  const widths = header.map((cell, column) =>
    Math.max(cell.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [`## ${title}`, '', line(header), rule, ...rows.map(line)].join('\n');
}
