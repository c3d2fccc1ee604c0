import { markdownTable } from '../lib/markdown-table.ts';
import type { Report } from './report.ts';
import { reportTables } from './report-tables.ts';
import { coverageText, timeText, result } from './wording.ts';

/** The report as Markdown, for a ticket, a chat or a repository. */
export function reportMarkdown(report: Report): string {
  const { period, from, to, coverage } = report;
  const sections = reportTables(report).map(({ title, header, rows, empty }) => {
    const cells = rows.map((row) => row.map((cell) => cell.replaceAll('\n', '<br>')));
    return `## ${title}\n\n${rows.length === 0 ? empty : markdownTable(header, cells)}\n`;
  });
  return [
    `# Service level report: ${period}\n`,
    `${timeText(from)} – ${timeText(to)}. ${coverageText(coverage)}\n`,
    `**${result(report)}**\n`,
    ...sections,
  ].join('\n');
}
