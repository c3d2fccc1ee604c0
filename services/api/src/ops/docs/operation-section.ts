import type { oas31 } from 'zod-openapi';
import { html, inline, prose, type Html } from './html.ts';
import { jsonText } from './json-text.ts';
import { typeName } from './schema-table.ts';
import { table } from './table.ts';

interface CodeSample {
  label: string;
  source: string;
}

/** One operation: what it does, how to call it, what comes back. */
export function operationSection(
  method: string,
  path: string,
  operation: oas31.OperationObject,
): Html {
  const samples = (operation['x-codeSamples'] ?? []) as CodeSample[];
  return html`<section id="${operation.operationId ?? ''}">
    <h3><span class="method">${method.toUpperCase()}</span> <code>${path}</code></h3>
    <p class="lead">${operation.summary ?? ''}</p>
    ${prose(operation.description ?? '')}
    ${samples.map(({ label, source }) => figure(label, source))}
    ${parameters(operation.parameters ?? [])} ${bodies(operation.requestBody)}
    ${answers(operation.responses ?? {})}
  </section>`;
}

function figure(caption: string, value: unknown): Html {
  return html`<figure>
    <figcaption>${caption}</figcaption>
    <pre><code>${typeof value === 'string' ? value : jsonText(value)}</code></pre>
  </figure>`;
}

function parameters(list: (oas31.ParameterObject | oas31.ReferenceObject)[]): Html {
  const rows = list.flatMap((parameter) => {
    if (!('name' in parameter)) return [];
    const { name, schema = {}, description = '' } = parameter;
    const fallback = 'default' in schema ? (schema.default as string | number) : undefined;
    return html`<tr>
      <td><code>${name}</code></td>
      <td>${parameter.in}</td>
      <td>${typeName(schema)}</td>
      <td>
        ${inline(description)}
        ${fallback === undefined ? '' : html`Default: <code>${fallback}</code>.`}
      </td>
    </tr>`;
  });
  if (rows.length === 0) return html``;
  return html`<h4>Parameters</h4>
    ${table(['Name', 'In', 'Type', 'Meaning'], rows)}`;
}

function bodies(body: oas31.OperationObject['requestBody']): Html {
  if (!body || !('content' in body)) return html``;
  return html`<h4>Body</h4>
    ${Object.entries(body.content).map(([mediaType, { schema = {}, examples = {} }]) => {
      const meaning = 'description' in schema ? inline(schema.description ?? '') : typeName(schema);
      return html`<p><code>${mediaType}</code>: ${meaning}</p>
        ${Object.values(examples).map((example) =>
          'value' in example ? figure(example.summary ?? '', example.value) : '',
        )}`;
    })}`;
}

function answers(responses: oas31.ResponsesObject): Html {
  const entries = Object.entries(responses) as [string, oas31.ResponseObject][];
  const examples = entries.flatMap(([status, { content }]) =>
    status.startsWith('2')
      ? Object.values(content ?? {}).flatMap(({ example }) => ({
          status,
          example: example as unknown,
        }))
      : [],
  );
  return html`<h4>Answers</h4>
    ${table(['Status', 'Meaning', 'Headers'], entries.map(answerRow))}
    ${examples.map(({ status, example }) =>
      example === undefined ? '' : figure(`An answer with ${status}`, example),
    )}`;
}

function answerRow([status, response]: [string, oas31.ResponseObject]): Html {
  const codes = response['x-codes'] as string[] | undefined;
  const names = Object.keys(response.headers ?? {}).filter((name) => name !== 'X-Request-Id');
  const shapes = Object.values(response.content ?? {}).map(({ schema = {} }) =>
    '$ref' in schema ? typeName(schema) : '',
  );
  const meaning = codes
    ? codes.map((code) => html`<a href="#${code}"><code>${code}</code></a> `)
    : [...inline(response.description), ' ', ...shapes];
  return html`<tr>
    <td>${status === 'default' ? 'any' : status}</td>
    <td>${meaning}</td>
    <td>${names.map((name) => html`<code>${name}</code> `)}</td>
  </tr>`;
}
