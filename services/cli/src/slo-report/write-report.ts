import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { reportHtml } from './html.ts';
import { reportMarkdown } from './markdown.ts';
import { readReport, type ReportQuestion } from './read-report.ts';

/** The two files of a report, and the text of the first. */
export interface WrittenReport {
  markdown: string;
  html: string;
  text: string;
}

/**
 * Reads a report and writes it as Markdown and as a page of HTML.
 *
 * @throws CliError when Prometheus does not answer
 */
export async function writeReport({
  folder,
  ...question
}: ReportQuestion & { folder: string }): Promise<WrittenReport> {
  const report = await readReport(question);
  const text = reportMarkdown(report);
  const day = new Date(question.end * 1_000).toISOString().slice(0, 10);
  const file = join(folder, `slo-${question.period.name}-${day}`);
  const written = { markdown: `${file}.md`, html: `${file}.html` };
  mkdirSync(folder, { recursive: true });
  writeFileSync(written.markdown, text);
  writeFileSync(written.html, reportHtml(report));
  return { ...written, text };
}
