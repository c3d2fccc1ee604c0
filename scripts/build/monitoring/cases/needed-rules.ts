import { parse, stringify } from 'yaml';
import { z } from 'zod';

const ruleFile = z.object({
  groups: z.array(
    z.looseObject({
      rules: z.array(
        z.looseObject({
          record: z.string().optional(),
          alert: z.string().optional(),
          expr: z.string(),
          labels: z.record(z.string(), z.string()).optional(),
        }),
      ),
    }),
  ),
});
type Rule = z.infer<typeof ruleFile>['groups'][number]['rules'][number];

/**
 * The rules of a file that say whether these alerts fire on these series: the alerts, and what they read,
 * and what that reads, word for word. promtool evaluates every rule at every step, so a case with all of
 * them takes ten times as long. Objectives that read none of the series have no burn rate, and are left out.
 *
 * @param text a file of rules
 * @param series names of all metrics of the cases
 */
export function neededRules(
  text: string,
  alerts: readonly string[],
  series: ReadonlySet<string>,
): string {
  const { groups } = ruleFile.parse(parse(text));
  const rules = groups.flatMap((group) => group.rules);
  const names = rules.map((rule) => ({ rule, reads: namesIn(rule.expr) }));
  const silent = new Set(names.map(({ rule }) => rule.labels?.['slo']));
  for (const { rule, reads } of names) {
    if (reads.some((name) => series.has(name))) silent.delete(rule.labels?.['slo']);
  }
  const kept = new Set<Rule>();
  const keep = (rule: Rule) => {
    if (kept.has(rule)) return;
    kept.add(rule);
    for (const name of namesIn(rule.expr)) {
      for (const other of rules) {
        const slo = other.labels?.['slo'];
        if (other.record === name && (slo === undefined || !silent.has(slo))) keep(other);
      }
    }
  };
  for (const rule of rules) if (rule.alert !== undefined && alerts.includes(rule.alert)) keep(rule);
  const needed = groups
    .map((group) => ({ ...group, rules: group.rules.filter((rule) => kept.has(rule)) }))
    .filter((group) => group.rules.length > 0);
  return stringify({ groups: needed }, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** Every word of an expression that may be the name of a series. */
function namesIn(expr: string): string[] {
  return expr.replaceAll(/"[^"]*"/g, '').match(/[a-zA-Z_:][\w:]*/g) ?? [];
}
