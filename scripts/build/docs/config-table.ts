import { z } from 'zod';
import { code, markdownTable } from '@event-platform/cli/lib/markdown-table';

/** The facts of one variable that are in its JSON Schema. */
const factsSchema = z.object({
  description: z.string(),
  default: z.union([z.string(), z.number()]).optional(),
  enum: z.array(z.string()).optional(),
  type: z.string().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  pattern: z.string().optional(),
});
type Facts = z.infer<typeof factsSchema>;

/** The upper bound of whole numbers that have no smaller one. */
const noMaximum = 2 ** 31 - 1;

/** Makes the table of the variables of several services; those with equal facts share a row. */
export function configTable(services: Readonly<Record<string, z.ZodRawShape>>): string {
  const rows = new Map<string, { cells: string[]; readers: string[] }>();
  for (const [service, variables] of Object.entries(services)) {
    for (const [name, schema] of Object.entries(variables)) {
      const cells = describe(name, schema);
      const key = cells.join('\n');
      const row = rows.get(key);
      if (row) row.readers.push(service);
      else rows.set(key, { cells, readers: [service] });
    }
  }
  return markdownTable(
    ['variable', 'default', 'allowed', 'meaning', 'read by'],
    [...rows.values()].map(({ cells, readers }) => [...cells, readers.join(', ')]),
  );
}

function describe(name: string, schema: z.core.$ZodType): string[] {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const facts = factsSchema.parse(json);
  const isOptional = z.safeParse(schema, undefined).success;
  const fallback = facts.default === undefined ? '' : String(facts.default);
  const shown = fallback === '' ? (isOptional ? 'empty' : '**required**') : code(fallback);
  return [code(name), shown, allowed(facts), facts.description];
}

function allowed({ enum: values, type, minimum, maximum = noMaximum, pattern }: Facts): string {
  if (values) return values.map(code).join(', ');
  if (pattern !== undefined) return code(pattern.replaceAll('\\/', '/'));
  if (type !== 'integer') return 'text';
  return maximum === noMaximum
    ? `${String(minimum ?? 0)} or more`
    : `${String(minimum ?? 0)} to ${maximum}`;
}
