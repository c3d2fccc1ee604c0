import type { RetiredWord } from './retired-words.ts';

/** A retired word, and where it stands. */
export interface RetiredUse {
  /** Path from the root of the repository. */
  path: string;
  /** From 1; 0 for the path itself. */
  line: number;
  /** As it is written there. */
  word: string;
  instead: string;
}

/**
 * Finds retired words in the path and the text of one file: as words of prose, and as parts of identifiers in camel
 * case, snake case and kebab case. Pure.
 */
export function findRetiredWords(
  path: string,
  text: string,
  retired: readonly RetiredWord[],
): RetiredUse[] {
  const inFile = retired.filter(({ unlessIn }) => !unlessIn?.test(path));
  const pattern = wordPattern(inFile.flatMap(({ words }) => words));
  const uses: RetiredUse[] = [];
  for (const [line, content] of [path, ...text.split('\n')].entries()) {
    for (const [word] of content.matchAll(pattern)) {
      const entry = inFile.find(({ words }) => words.includes(word.toLowerCase()));
      if (!entry || entry.unless?.test(content)) continue;
      uses.push({ path, line, word, instead: entry.instead });
    }
  }
  return uses;
}

/** `lot`, `ledger_lots`, `jobLot`, `LOT_ID`; not `slot`, `allot`, `lottery`. */
function wordPattern(words: readonly string[]): RegExp {
  if (words.length === 0) return /(?!)/g;
  const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
  const any = (forms: readonly string[]) => `(?:${forms.join('|')})`;
  const lower = `(?<![A-Za-z])${any(words)}(?![a-z])`;
  const camel = `${any(words.map(capital))}(?![a-z])`;
  const upper = `(?<![A-Za-z])${any(words.map((word) => word.toUpperCase()))}(?![A-Za-z])`;
  return new RegExp(`${lower}|${camel}|${upper}`, 'g');
}
