/** The lines `name:value` of INFO; headings start with a hash. */
export function parseInfo(text: string): Map<string, string> {
  const pairs = text
    .split('\r\n')
    .filter((line) => line.includes(':') && !line.startsWith('#'))
    .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)] as const);
  return new Map(pairs);
}
