/** One setting of a YAML file in block style. */
export interface YamlLine {
  /** Keys joined by dots; items of a list count as [0], [1] and so on. */
  path: string;
  /** What stands behind the colon or the dash, as written and without comment; empty above a block. */
  value: string;
  /** The comment directly above, from its line that starts with `# --`; empty without one. */
  comment: string;
}

interface Level {
  indent: number;
  path: string;
  items: number;
}

/**
 * Reads the settings of a YAML file line by line, comments included, which a parser would drop. Knows
 * block maps and lists, and values on one line: all that our own files use.
 */
export function readYamlLines(text: string): YamlLine[] {
  const lines: YamlLine[] = [];
  const levels: Level[] = [{ indent: -1, path: '', items: 0 }];
  let comment = '';
  for (const line of text.split('\n')) {
    const said = /^\s*#\s?(?<text>.*)$/.exec(line)?.groups?.['text'];
    if (said !== undefined) {
      if (said.startsWith('-- ')) comment = said.slice(3);
      else if (comment) comment += ` ${said.trim()}`;
      continue;
    }
    if (line.trim() !== '' && line.trim() !== '---') readSetting(line, comment, levels, lines);
    comment = '';
  }
  return lines;
}

/** One line may open several levels: `- name: x` is an item and its first key. */
function readSetting(line: string, comment: string, levels: Level[], lines: YamlLine[]): void {
  let indent = line.search(/\S/);
  let rest = line.slice(indent);
  while (rest.startsWith('- ')) {
    const parent = closeTo(levels, indent, true);
    const path = `${parent.path}[${parent.items++}]`;
    levels.push({ indent, path, items: 0 });
    const inner = rest.slice(2).trimStart();
    indent += rest.length - inner.length;
    rest = inner;
    if (!isPair(rest)) {
      lines.push({ path, value: withoutComment(rest), comment });
      return;
    }
  }
  const [, key = '', value = ''] = /^([^:]+):\s*(.*)$/.exec(rest) ?? [];
  const parent = closeTo(levels, indent, false);
  const name = key.replaceAll(/^['"]|['"]$/g, '');
  const path = parent.path === '' ? name : `${parent.path}.${name}`;
  levels.push({ indent, path, items: 0 });
  lines.push({ path, value: withoutComment(value), comment });
}

/** The level that a line of this indent belongs to. An item may stand right below the key of its list. */
function closeTo(levels: Level[], indent: number, isItem: boolean): Level {
  for (;;) {
    const level = levels.at(-1);
    if (level === undefined) throw new Error('A YAML file begins without indent');
    const isList = isItem && !level.path.endsWith(']');
    if (level.indent < indent || (isList && level.indent === indent)) return level;
    levels.pop();
  }
}

const isPair = (text: string) => /^[^'"[{][^:]*:(\s|$)/.test(text);

const withoutComment = (value: string) => value.replace(/(^|\s)#.*$/, '').trim();
