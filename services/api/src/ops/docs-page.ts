import type { oas31 } from 'zod-openapi';
import { errorTables } from './docs/error-tables.ts';
import { Html, html, inline, prose } from './docs/html.ts';
import { operationSection } from './docs/operation-section.ts';
import { schemaTable } from './docs/schema-table.ts';
import { style } from './docs/style.ts';
import type { OpenApiDocument } from './openapi.ts';

interface Operation {
  method: string;
  path: string;
  operation: oas31.OperationObject;
}

/** Without a blank around the style sheet: the hash that allows it covers every character. */
const styleElement = new Html(`<style>${style}</style>`);

/**
 * Writes the documentation page: one HTML document that loads nothing else, needs no script, and
 * says what the OpenAPI document says. Pure.
 */
export function createDocsPage(document: OpenApiDocument): string {
  const { info, tags = [] } = document;
  const groups = tags.map((tag) => ({ tag, operations: operationsOf(document, tag.name) }));
  const schemas = Object.entries(document.components?.schemas ?? {}) as [
    string,
    oas31.SchemaObject,
  ][];
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${info.title}</title>
        ${styleElement}
      </head>
      <body>
        <nav aria-label="Contents">${contents(groups, schemas)}</nav>
        <main>
          <h1>${info.title}</h1>
          <p class="version">
            Contract ${info.version} · <a href="/openapi.json">OpenAPI document</a>
          </p>
          ${prose(info.description ?? '')} ${gettingStarted(document)}
          ${groups.map(
            ({ tag, operations }) =>
              html`<h2 id="${tag.name}">${tag.name}</h2>
                <p>${inline(tag.description ?? '')}</p>
                ${operations.map(({ method, path, operation }) => operationSection(method, path, operation))}`,
          )}
          <h2 id="schemas">Shapes</h2>
          ${schemas.map(
            ([name, schema]) =>
              html`<section id="schema-${name}">
                <h3>${name}</h3>
                ${prose(schema.description ?? '')} ${schemaTable(schema)}
              </section>`,
          )}
          ${errorTables()}
        </main>
      </body>
    </html> `.text;
}

function operationsOf(document: OpenApiDocument, tag: string): Operation[] {
  return Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item as Record<string, oas31.OperationObject>)
      .filter(([, operation]) => operation.tags?.includes(tag))
      .map(([method, operation]) => ({ method, path, operation })),
  );
}

function contents(
  groups: { tag: oas31.TagObject; operations: Operation[] }[],
  schemas: [string, unknown][],
): Html {
  return html`<a href="#start">Before the first request</a>${groups.map(
      ({ tag, operations }) =>
        html`<strong>${tag.name}</strong>
          <ul>
            ${operations.map(
              ({ operation }) =>
                html`<li>
                  <a href="#${operation.operationId ?? ''}">${operation.summary ?? ''}</a>
                </li>`,
            )}
          </ul>`,
    )} <strong>Shapes</strong>
    <ul>
      ${schemas.map(([name]) => html`<li><a href="#schema-${name}">${name}</a></li>`)}
    </ul>
    <strong>Errors</strong>
    <ul>
      <li><a href="#request-errors">Of requests</a></li>
      <li><a href="#event-errors">Of single events</a></li>
    </ul>`;
}

function gettingStarted(document: OpenApiDocument): Html {
  const schemes = Object.values(document.components?.securitySchemes ?? {});
  return html`<h2 id="start">Before the first request</h2>
    <p>The examples take the address and the key from the shell:</p>
    <pre><code>export API=http://localhost:3000
export KEY=…</code></pre>
    <p>Send the key in one of two ways. Where the operator switched keys off, leave it out.</p>
    <ul>
      ${schemes.map((scheme) =>
        'description' in scheme ? html`<li>${inline(scheme.description ?? '')}</li>` : '',
      )}
    </ul>`;
}
