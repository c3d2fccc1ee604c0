/**
 * Lays out rows as a plain text table: columns as wide as their widest cell, numbers to the right.
 * Control characters are shown escaped, since what tenants send must not steer the terminal.
 */
export function formatTable(
  header: readonly string[],
  rows: readonly (string | number)[][],
): string {
  const cells = rows.map((row) => row.map(formatCell));
  const widths = header.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const isNumeric = header.map((_, column) => rows.every((row) => typeof row[column] === 'number'));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return isNumeric[column] ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  return [line(header), rule, ...cells.map(line)].join('\n');
}

/** Digits in groups of three. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** Text of a tenant, fit for a terminal: control characters become visible. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));
}

function formatCell(cell: string | number): string {
  return typeof cell === 'number' ? formatCount(cell) : printable(cell);
}
