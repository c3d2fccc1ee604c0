import { CliError } from '@event-platform/cli/lib/cli-error';

const section = /^<!-- generated:([\w-]+) -->\n[^]*?^<!-- \/generated:\1 -->$/gm;

/**
 * Puts each part between its markers. Comments keep Prettier from reformatting
 * the tables, which every check would report as a change. Pure.
 *
 * @param document its name, for the error
 * @throws CliError when the document has markers without a part, or no markers for a part
 */
export function fillParts(
  document: string,
  text: string,
  parts: Readonly<Record<string, string>>,
): { text: string; changed: string[] } {
  const missing = new Set(Object.keys(parts));
  const changed: string[] = [];
  const filled = text.replaceAll(section, (before: string, name: string) => {
    const part = parts[name];
    if (!missing.delete(name) || part === undefined) {
      throw new CliError(`${document} has markers for "${name}", which no part fills once.`);
    }
    const after = [
      `<!-- generated:${name} -->`,
      '<!-- prettier-ignore-start -->\n',
      `${part}\n`,
      '<!-- prettier-ignore-end -->',
      `<!-- /generated:${name} -->`,
    ].join('\n');
    if (after !== before) changed.push(name);
    return after;
  });
  if (missing.size > 0) {
    throw new CliError(`${document} has no markers for: ${[...missing].join(', ')}.`);
  }
  return { text: filled, changed };
}
