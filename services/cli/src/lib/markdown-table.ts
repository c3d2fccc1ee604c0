/**
 * Lays out rows as a Markdown table; bars inside cells are escaped.
 *
 * @param hasNumbers true: all columns but the first stand to the right
 */
export function markdownTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  hasNumbers = false,
): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  const rule = header.map((_, column) => (hasNumbers && column > 0 ? '---:' : '---'));
  return [line(header), line(rule), ...rows.map(line)].join('\n');
}

/** Text as code. */
export function code(text: string): string {
  return `\`${text}\``;
}
