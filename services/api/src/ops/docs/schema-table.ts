import type { oas31 } from 'zod-openapi';
import { html, inline, type Html } from './html.ts';
import { table } from './table.ts';

type Schema = oas31.SchemaObject;

const refPrefix = '#/components/schemas/';

/** The fields of an object schema, one row each; without the last column where it would be empty. */
export function schemaTable(schema: Schema): Html {
  const required = new Set(schema.required ?? []);
  const fields = Object.entries(schema.properties ?? {}).map(([name, field]) => ({
    name,
    field,
    description: 'description' in field ? (field.description ?? '') : '',
  }));
  const hasMeanings = fields.some(({ description }) => description !== '');
  const rows = fields.map(
    ({ name, field, description }) =>
      html`<tr>
        <td><code>${name}</code></td>
        <td>${typeName(field)}</td>
        <td>${required.has(name) ? 'required' : 'optional'}</td>
        ${hasMeanings ? html`<td>${inline(description)}</td>` : ''}
      </tr>`,
  );
  return table(['Field', 'Type', '', ...(hasMeanings ? ['Meaning'] : [])], rows);
}

/** Names a type in a few words, linked where it has a section of its own. */
export function typeName(schema: Schema | oas31.ReferenceObject): Html {
  if ('$ref' in schema && typeof schema.$ref === 'string') {
    const name = schema.$ref.slice(refPrefix.length);
    return html`<a href="#schema-${name}">${name}</a>`;
  }
  const plain = schema as Schema;
  const choices = plain.anyOf ?? plain.oneOf;
  if (choices) {
    const [first, ...rest] = choices.map(typeName);
    return html`${first ?? ''}${rest.map((choice) => html` or ${choice}`)}`;
  }
  if (plain.type === 'array' && plain.items) return html`array of ${typeName(plain.items)}`;
  if (plain.type === 'object' && Object.keys(plain.properties ?? {}).length > 0) {
    return html`<code>{ ${Object.keys(plain.properties ?? {}).join(', ')} }</code>`;
  }
  return html`${String(plain.type ?? 'any')}${constraint(plain)}`;
}

/** A list of codes has a table of its own and is too long for a table row. */
const maxChoices = 6;

function constraint(schema: Schema): Html {
  if (schema.enum) {
    if (schema.enum.length > maxChoices) return html`, a code of this page`;
    return html`: ${schema.enum.map(String).join(' | ')}`;
  }
  if (schema.format === 'date-time') return html`, ISO 8601`;
  const [least, most] = [schema.minLength ?? schema.minimum, schema.maxLength ?? schema.maximum];
  const unit = schema.type === 'string' ? ' characters' : '';
  return most === undefined ? html`` : html`, ${least ?? 0}–${most}${unit}`;
}
