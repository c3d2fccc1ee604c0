import { z } from 'zod';
import { configSchemas } from './config-schema.ts';
import type { YamlLine } from './yaml-lines.ts';

type Node = Record<string, unknown>;

const nodeSchema = z.record(z.string(), z.unknown());

/**
 * Fills in what the schema of the values takes from elsewhere: descriptions from the comments of
 * values.yaml, and the variables from the services' configuration. Types and bounds are its own.
 *
 * @throws Error naming a value that only one of values.yaml and the schema has
 */
export function completeSchema(text: string, values: readonly YamlLine[]): string {
  const schema = nodeSchema.parse(JSON.parse(text));
  for (const [path, properties] of Object.entries(configSchemas())) {
    nodeAt(schema, path)['properties'] = properties;
  }
  const documented = values.filter(({ comment }) => comment !== '');
  for (const { path, comment } of documented) {
    nodeAt(schema, path)['description'] = comment;
  }
  const known = new Set(documented.map(({ path }) => path));
  const isConfig = (path: string) =>
    /^((api|worker|maintainer)\.)?config\./.test(path) || path === 'global';
  for (const path of leaves(schema, '')) {
    if (!known.has(path) && !isConfig(path))
      throw new Error(`values.yaml does not document ${path}`);
  }
  return `${onShortLines(JSON.stringify(schema, null, 2))}\n`;
}

/** Lists of names on one line where they fit, as the formatter has them. */
function onShortLines(json: string): string {
  return json.replaceAll(
    /^(.*)\[\s+([^[\]{}]+?)\s+\](,?)$/gm,
    (whole, start: string, items: string, end: string) => {
      const line = `${start}[${items.replaceAll(/\s*\n\s*/g, ' ')}]${end}`;
      return line.length <= 100 ? line : whole;
    },
  );
}

function nodeAt(schema: Node, path: string): Node {
  let node = schema;
  for (const key of path.split('.')) {
    const next = node['properties'] as Record<string, Node> | undefined;
    const child = next?.[key];
    if (child === undefined) throw new Error(`values.schema.json has no ${path}`);
    node = child;
  }
  return node;
}

/** Every path that a user may set by itself: what has no named parts, or is documented as a whole. */
function leaves(node: Node, path: string): string[] {
  const properties = node['properties'] as Record<string, Node> | undefined;
  if (properties === undefined || (path !== '' && 'description' in node)) return [path];
  return Object.entries(properties).flatMap(([key, child]) =>
    leaves(child, path === '' ? key : `${path}.${key}`),
  );
}
