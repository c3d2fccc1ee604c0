import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { reportHtml } from './html.ts';
import { reportMarkdown } from './markdown.ts';
import type { Report } from './report.ts';

/** The two files of a report. */
export interface WrittenReport {
  markdown: string;
  html: string;
}

/** Writes a report into a folder, as Markdown and as a page of HTML, named by its period and last day. */
export function writeReport(report: Report, folder: string): WrittenReport {
  const day = new Date(report.to * 1_000).toISOString().slice(0, 10);
  const file = join(folder, `slo-${report.period}-${day}`);
  const written = { markdown: `${file}.md`, html: `${file}.html` };
  mkdirSync(folder, { recursive: true });
  writeFileSync(written.markdown, reportMarkdown(report));
  writeFileSync(written.html, reportHtml(report));
  return written;
}
