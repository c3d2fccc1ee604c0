import type { ComponentStatus, Status } from '@event-platform/core/storage/status/status';
import { Html, html } from '../ops/docs/html.ts';
import { delayObjectiveSeconds, duration } from './evaluate-now.ts';
import { statusStyle } from './status-style.ts';

/** Without a blank around the style sheet: the hash that allows it covers every character. */
const styleElement = new Html(`<style>${statusStyle}</style>`);

const overall: Record<Status['state'], string> = {
  operational: 'All systems work',
  degraded: 'Some systems are impaired',
  outage: 'Some systems do not work',
};

const stateNames: Record<Status['state'], string> = {
  operational: 'Works',
  degraded: 'Impaired',
  outage: 'Does not work',
};

/** Days below these shares are shown as fair and poor. */
const goodFrom = 99.9;
const fairFrom = 99;

const barWidth = 10;
const barGap = 2;
const barHeight = 36;

/** Height tells the grade to those who do not tell the colours apart. */
const heights: Record<Grade, number> = { good: barHeight, fair: 24, poor: 14, none: 6 };

type Grade = 'good' | 'fair' | 'poor' | 'none';

/**
 * Writes the status page: one HTML document that asks for nothing else and needs no script. Pure.
 */
export function createStatusPage(status: Status): string {
  const lastRead = status.history_as_of;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${overall[status.state]} – Event platform status</title>
        ${styleElement}
      </head>
      <body>
        <main>
          <h1>Event platform status</h1>
          <p class="overall ${status.state}" role="status">
            <strong>${overall[status.state]}</strong>
            <span>${delayText(status.processing_delay_seconds)}</span>
          </p>
          ${status.components.map(section)}
        </main>
        <footer>
          <p>
            As of <time datetime="${status.as_of}">${clock(status.as_of)}</time>; reload for news.
            ${
              lastRead === null
                ? 'The history cannot be read at the moment.'
                : html`History as of <time datetime="${lastRead}">${clock(lastRead)}</time>.`
            }
          </p>
          <p>
            Uptime is the share of requests that were served, the sender’s own mistakes left out; of
            processing, the share of the time with a delay of at most ${delayObjectiveSeconds}
            seconds. Days are in UTC. <a href="/status.json">The same as JSON</a>
          </p>
        </footer>
      </body>
    </html> `.text;
}

function delayText(seconds: number | null): string {
  if (seconds === null) return 'How long events wait is not known at the moment.';
  return seconds < 1
    ? 'Accepted events are being processed at once.'
    : `Accepted events wait about ${duration(seconds)} at the moment.`;
}

function section({ id, name, state, text, uptime, days }: ComponentStatus): Html {
  return html`<section aria-labelledby="${id}">
    <header>
      <h2 id="${id}">${name}</h2>
      <span class="${state}">${stateNames[state]}</span>
    </header>
    <p>${text}</p>
    ${bars(name, uptime, days)}
    <div class="scale" aria-hidden="true">
      <span>30 days ago</span><span>${uptimeText(uptime)}</span><span>today</span>
    </div>
    <details>
      <summary>Day by day</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">Day</th>
            <th scope="col">Uptime</th>
          </tr>
        </thead>
        <tbody>
          ${days.toReversed().map(
            (day) =>
              html`<tr>
                <th scope="row">${day.day}</th>
                <td>${percent(day.uptime)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </details>
  </section>`;
}

function bars(name: string, uptime: number | null, days: ComponentStatus['days']): Html {
  const width = days.length * (barWidth + barGap) - barGap;
  return html`<svg
    viewBox="0 0 ${width} ${barHeight}"
    preserveAspectRatio="none"
    role="img"
    aria-label="${name}, the last 30 days: ${uptimeText(uptime)}"
  >
    ${days.map(bar)}
  </svg>`;
}

function bar(day: ComponentStatus['days'][number], index: number): Html {
  const how = grade(day.uptime);
  const height = heights[how];
  const x = index * (barWidth + barGap);
  return html`<rect
    class="${how}"
    x="${x}"
    y="${barHeight - height}"
    width="${barWidth}"
    height="${height}"
  >
    <title>${day.day}: ${percent(day.uptime)}</title>
  </rect>`;
}

function grade(uptime: number | null): Grade {
  if (uptime === null) return 'none';
  if (uptime >= goodFrom) return 'good';
  return uptime >= fairFrom ? 'fair' : 'poor';
}

function uptimeText(uptime: number | null): string {
  return uptime === null ? 'not recorded' : `${percent(uptime)} uptime`;
}

/** As many digits as tell 99.95 from 100. */
function percent(uptime: number | null): string {
  return uptime === null ? 'not recorded' : `${Math.floor(uptime * 100) / 100} %`;
}

/** As 2026-11-23 09:30:12 UTC. */
function clock(instant: string): string {
  return `${instant.slice(0, 10)} ${instant.slice(11, 19)} UTC`;
}
