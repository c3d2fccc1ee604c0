/** The heads of Keep a Changelog, with the kinds of Artifact Hub. */
const kinds = {
  Added: 'added',
  Changed: 'changed',
  Deprecated: 'deprecated',
  Removed: 'removed',
  Fixed: 'fixed',
  Security: 'security',
} as const;

type Head = keyof typeof kinds;

/** One line of a changelog. */
export interface Change {
  kind: (typeof kinds)[Head];
  /** Markdown on one line. */
  text: string;
}

/** The section of one version. */
export interface ChangelogSection {
  /** `Unreleased`, or a version without a v. */
  version: string;
  /** YYYY-MM-DD; undefined for what is not released. */
  date: string | undefined;
  /** As it is written, below its head, trimmed. */
  body: string;
  changes: Change[];
}

const sectionHead = /^## \[([^\]]+)\](?: - (\d{4}-\d{2}-\d{2}))?$/;
const changesHead = /^### (.+)$/;

/**
 * Reads a changelog in the form of Keep a Changelog. Pure.
 *
 * @throws Error naming the line that it does not understand: an entry outside a head, or an unknown head
 */
export function parseChangelog(text: string): ChangelogSection[] {
  const parts = text.split(/^(?=## )/m).filter((part) => part.startsWith('## '));
  return parts.map((part) => {
    const [head = '', ...lines] = part.split('\n');
    const [, version, date] = sectionHead.exec(head) ?? [];
    if (version === undefined) throw new Error(`CHANGELOG.md has an unknown head: ${head}`);
    return { version, date, body: lines.join('\n').trim(), changes: parseChanges(lines) };
  });
}

function parseChanges(lines: readonly string[]): Change[] {
  const changes: Change[] = [];
  let kind: Change['kind'] | undefined;
  for (const line of lines) {
    const [, head] = changesHead.exec(line) ?? [];
    if (head !== undefined) {
      if (!isHead(head)) throw new Error(`CHANGELOG.md has an unknown head: ${line}`);
      kind = kinds[head];
    } else if (line.startsWith('- ')) {
      if (kind === undefined) throw new Error(`CHANGELOG.md has an entry without a head: ${line}`);
      changes.push({ kind, text: line.slice(2) });
    } else if (line.startsWith('  ')) {
      const last = changes.at(-1);
      if (last === undefined) throw new Error(`CHANGELOG.md continues no entry: ${line}`);
      last.text += ` ${line.trim()}`;
    }
  }
  return changes;
}

const isHead = (head: string): head is Head => Object.hasOwn(kinds, head);
