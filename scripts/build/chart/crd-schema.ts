type Node = Record<string, unknown>;

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Turns the schema of a CustomResourceDefinition into one that refuses unknown fields, as the API
 * server drops them without a word. Pure.
 */
export function strictCrdSchema(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strictCrdSchema);
  if (!isNode(schema)) return schema;
  if (schema['x-kubernetes-int-or-string'] === true) {
    return { anyOf: [{ type: 'integer' }, { type: 'string' }] };
  }
  const node: Node = {};
  for (const [key, value] of Object.entries(schema)) {
    // Below `properties` stand names, which may be words of the schema as well.
    node[key] =
      key === 'properties' && isNode(value)
        ? Object.fromEntries(
            Object.entries(value).map(([name, child]) => [name, strictCrdSchema(child)]),
          )
        : strictCrdSchema(value);
  }
  const isOpen =
    schema['x-kubernetes-preserve-unknown-fields'] === true || 'additionalProperties' in schema;
  // The metadata of an object is `type: object` alone; Kubernetes checks it by itself.
  return isNode(schema['properties']) && !isOpen ? { ...node, additionalProperties: false } : node;
}
