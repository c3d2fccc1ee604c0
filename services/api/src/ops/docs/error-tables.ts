import { eventErrors, requestErrors } from '@event-platform/core/event/errors';
import { html, inline, type Html } from './html.ts';
import { table } from './table.ts';

/**
 * The catalogue of errors. Each row of the first table is where the `type` of a problem points to
 * (`/docs#code`).
 */
export function errorTables(): Html {
  const requests = Object.entries(requestErrors).map(
    ([code, { status, retryable, title }]) =>
      html`<tr id="${code}">
        <td><code>${code}</code></td>
        <td>${status}</td>
        <td>${retryable ? 'later' : 'no'}</td>
        <td>${title}</td>
      </tr>`,
  );
  const events = Object.entries(eventErrors).map(
    ([code, sentence]) =>
      html`<tr id="event-${code}">
        <td><code>${code}</code></td>
        <td>${sentence}</td>
      </tr>`,
  );
  return html`<h2 id="errors">Errors</h2>
    <h3 id="request-errors">Errors that end a request</h3>
    <p>
      ${inline('The `code` of a problem; codes never change their meaning. Where a retry helps later, it is of the same request, unchanged.')}
    </p>
    ${table(['Code', 'Status', 'Retry', 'Meaning'], requests)}
    <h3 id="event-errors">Errors of single events</h3>
    <p>${inline('The `code` of a rejected event; `pointer` says where in your body it is.')}</p>
    ${table(['Code', 'Meaning'], events)}`;
}
