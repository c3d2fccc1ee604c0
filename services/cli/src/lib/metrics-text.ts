/** A sample of the Prometheus text format: name, labels in braces (no `}` within values), value. */
const sample = /^(\w+)(?:\{([^}]*)\})?\s+(\S+)/;

/**
 * The sum of a metric over its label sets, in text as `/metrics` gives it.
 *
 * @param label only samples with this label, written `queue="events"`
 * @returns undefined when the text has no such sample
 */
export function sumOfMetric(text: string, name: string, label = ''): number | undefined {
  let sum: number | undefined;
  for (const line of text.split('\n')) {
    const [, found, labels = '', value = ''] = sample.exec(line) ?? [];
    if (found === name && labels.includes(label)) sum = (sum ?? 0) + Number(value);
  }
  return sum;
}
