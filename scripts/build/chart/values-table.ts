import { code, markdownTable } from '@event-platform/cli/lib/markdown-table';
import type { YamlLine } from './yaml-lines.ts';

/** The table of all documented values, in the order of values.yaml. */
export function valuesTable(values: readonly YamlLine[]): string {
  const rows = values.flatMap((line, index) => {
    if (line.comment === '') return [];
    return [[code(line.path), shownDefault(values, index), line.comment]];
  });
  return markdownTable(['value', 'default', 'meaning'], rows);
}

/** A value on its line as it stands; of a block, the text of its lines. */
function shownDefault(values: readonly YamlLine[], index: number): string {
  const { path, value } = values[index] ?? { path: '', value: '' };
  if (value === "''") return 'empty';
  if (value !== '') return code(value.replaceAll("'", ''));
  const inside: string[] = [];
  for (const line of values.slice(index + 1)) {
    if (!line.path.startsWith(`${path}.`) && !line.path.startsWith(`${path}[`)) break;
    if (line.value !== '')
      inside.push(`${line.path.slice(path.length).replace(/^\./, '')}: ${line.value}`);
  }
  return inside.map(code).join('<br>');
}
