import { escapeMarkup } from './escape.ts';
import type { Report } from './report.ts';
import { headline, sectionsOf, type Section } from './sections.ts';

const style = `
:root { color-scheme: light dark; --line: #8884; --good: #187a3c; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --good: #6cd391; --bad: #ff8a80; } }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 56rem; padding: 0 1rem; }
h1 { margin-bottom: 0; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
.verdict { border-left: .3rem solid; padding: .5rem 1rem; font-weight: 600; }
.good { color: var(--good); } .bad { color: var(--bad); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { border-bottom: 1px solid var(--line); padding: .35rem .75rem .35rem 0; text-align: left; }
td.no { color: var(--bad); font-weight: 600; }
footer { margin-top: 2rem; opacity: .7; font-size: .9rem; }`;

/** The report as one page that needs nothing else. */
export function formatHtml(report: Report): string {
  const { name, about, result, finishedAt, url } = report;
  const mood = result.isGood ? 'good' : 'bad';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeMarkup(name)}: ${result.isGood ? 'good' : 'not good'}</title>
<style>${style}
</style>
</head>
<body>
<h1>${escapeMarkup(name)}</h1>
<p>${escapeMarkup(about)}</p>
<p class="verdict ${mood}">${escapeMarkup(headline(report))}</p>
${sectionsOf(report).map(formatSection).join('\n')}
<footer>${escapeMarkup(finishedAt)}, against ${escapeMarkup(url)}</footer>
</body>
</html>
`;
}

function formatSection({ title, header, rows }: Section): string {
  const head = header.map((cell) => `<th scope="col">${escapeMarkup(cell)}</th>`).join('');
  const body = rows.map((row) => `<tr>${row.map(formatCell).join('')}</tr>`).join('\n');
  return `<h2>${title}</h2>
<div class="wide"><table>
<thead><tr>${head}</tr></thead>
<tbody>
${body}
</tbody>
</table></div>`;
}

function formatCell(cell: string): string {
  return `<td${cell === 'NO' ? ' class="no"' : ''}>${escapeMarkup(cell)}</td>`;
}
