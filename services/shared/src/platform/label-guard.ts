/**
 * Keeps a metric label from growing without bound: the first `max` values keep their names, all
 * later ones become `other`. An attacker who invents accounts cannot fill the metrics store.
 */
export function createLabelGuard(max: number): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    if (known.has(value)) return value;
    if (known.size >= max) return 'other';
    known.add(value);
    return value;
  };
}
