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
  const wordsOf = (entries: readonly RetiredWord[]) => entries.flatMap(({ words }) => words);
  const everywhere = wordPattern(wordsOf(inFile.filter(({ onlyInNames }) => !onlyInNames)));
  const names = namePattern(wordsOf(inFile.filter(({ onlyInNames }) => onlyInNames)));
  const inPath = wordPattern(wordsOf(inFile));
  const uses: RetiredUse[] = [];
  for (const [line, content] of [path, ...text.split('\n')].entries()) {
    const patterns = line === 0 ? [inPath] : [everywhere, names];
    for (const [word] of patterns.flatMap((pattern) => [...content.matchAll(pattern)])) {
      const entry = inFile.find(({ words }) => words.includes(word.toLowerCase()));
      if (!entry || entry.unless?.test(content)) continue;
      uses.push({ path, line, word, instead: entry.instead });
    }
  }
  return uses;
}

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
const any = (forms: readonly string[]) => `(?:${forms.join('|')})`;

/** `jobLot`, `lotId`, `ledger_lots`, `LOT_ID`: parts of longer names; not the word by itself. */
function namePattern(words: readonly string[]): RegExp {
  if (words.length === 0) return /(?!)/g;
  const upper = any(words.map((word) => word.toUpperCase()));
  const forms = [
    `(?<![A-Za-z])${any(words)}(?=[A-Z_])`,
    `(?<=_)${any(words)}(?![a-z])`,
    `(?<=[a-z0-9])${any(words.map(capital))}(?![a-z])`,
    `(?<=_)${upper}(?![A-Za-z])`,
    `(?<![A-Za-z])${upper}(?=_)`,
  ];
  return new RegExp(forms.join('|'), 'g');
}

/** `lot`, `ledger_lots`, `jobLot`, `LOT_ID`; not `slot`, `allot`, `lottery`. */
function wordPattern(words: readonly string[]): RegExp {
  if (words.length === 0) return /(?!)/g;
  const lower = `(?<![A-Za-z])${any(words)}(?![a-z])`;
  const camel = `${any(words.map(capital))}(?![a-z])`;
  const upper = `(?<![A-Za-z])${any(words.map((word) => word.toUpperCase()))}(?![A-Za-z])`;
  return new RegExp(`${lower}|${camel}|${upper}`, 'g');
}
