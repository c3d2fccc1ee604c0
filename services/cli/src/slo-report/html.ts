import { escapeMarkup } from '../lib/escape-markup.ts';
import type { Report, ReportRow } from './report.ts';
import { reportTables, type ReportTable } from './report-tables.ts';
import { coverageText, objectiveText, timeText, result } from './wording.ts';

/** Words of the report that are coloured. */
const tones: Readonly<Record<string, string>> = {
  Met: 'good',
  Healthy: 'good',
  'At risk': 'warn',
  Missed: 'bad',
  Exhausted: 'bad',
};

const style = `
  :root { color-scheme: light dark; --good: #1a7f37; --warn: #9a6700; --bad: #cf222e; --line: #8884; }
  body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
  h1 { font-size: 1.5rem; margin: 0 } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem }
  p { margin: .3rem 0 } .result { font-size: 1.1rem; font-weight: 600 }
  .wide { overflow-x: auto } table { border-collapse: collapse; width: 100% }
  th, td { text-align: left; vertical-align: top; padding: .35rem .7rem .35rem 0; border-bottom: 1px solid var(--line) }
  th { font-weight: 600; font-size: .85rem } td { white-space: pre-line }
  .good { color: var(--good) } .warn { color: var(--warn) } .bad { color: var(--bad); font-weight: 600 }
  .lane { display: grid; grid-template-columns: 25rem 1fr; gap: 1rem; align-items: center; margin: .2rem 0; font-size: .9rem }
  .lane svg { width: 100%; height: 1rem; display: block }
`;

/** The report as one page that needs nothing else: no script, no font, no request. */
export function reportHtml(report: Report): string {
  const { period, from, to, coverage } = report;
  const title = `Service level report: ${escapeMarkup(period)}`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>${style}</style>
<h1>${title}</h1>
<p>${timeText(from)} – ${timeText(to)}. ${coverageText(coverage)}</p>
<p class="result">${escapeMarkup(result(report))}</p>
<h2>When objectives were missed</h2>
${report.rows.map((row) => lane(row, report)).join('\n')}
${reportTables(report).map(section).join('\n')}
</html>
`;
}

/** One objective over the whole period: green, and red where it was missed. */
function lane({ objective, now }: ReportRow, { from, to, incidents }: Report): string {
  const breaches = incidents.flatMap((incident) =>
    incident.breaches.filter(({ slo }) => slo === objective.id),
  );
  const place = (at: number) => (100 * (at - from)) / (to - from);
  const marks = breaches.map((breach) => {
    // A minute of a month would be thinner than any pixel.
    const width = Math.max(0.3, place(breach.to) - place(breach.from));
    return `<rect x="${place(breach.from).toFixed(2)}" width="${width.toFixed(2)}" height="10" fill="var(--bad)"><title>${timeText(breach.from)} – ${timeText(breach.to)}</title></rect>`;
  });
  const ground = now === undefined ? 'var(--line)' : 'var(--good)';
  const label = breaches.length === 0 ? 'never missed' : `missed ${breaches.length} times`;
  return `<div class="lane"><span>${escapeMarkup(objectiveText(objective))}</span><svg viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label="${label}"><rect width="100" height="10" fill="${ground}" opacity=".75"/>${marks.join('')}</svg></div>`;
}

function section({ title, header, rows, empty }: ReportTable): string {
  const heading = `<h2>${escapeMarkup(title)}</h2>`;
  if (rows.length === 0) return `${heading}\n<p>${escapeMarkup(empty)}</p>`;
  const head = header.map((cell) => `<th scope="col">${escapeMarkup(cell)}</th>`).join('');
  const body = rows.map((row) => `<tr>${row.map(cellHtml).join('')}</tr>`).join('\n');
  return `${heading}\n<div class="wide"><table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${body}\n</tbody></table></div>`;
}

function cellHtml(text: string): string {
  const tone = tones[text];
  // A duration is one word.
  const whole = escapeMarkup(text).replaceAll(
    /(?<=\d) (?=(?:h|min|s)\b)|(?<=\d (?:h|min)) (?=\d)/g,
    '&nbsp;',
  );
  return tone === undefined ? `<td>${whole}</td>` : `<td class="${tone}">${whole}</td>`;
}
