import type { Command } from 'commander';

/** An `ep …` command line in a document, as words; quotes and what follows a redirection or a pipe are gone. */
export interface EpCommandLine {
  words: string[];
  /** As it is written. */
  text: string;
}

const codeSpan = /`(?:\$ )?(ep [a-z][^`]*)`/g;
const codeBlock = /^ *```(?:sh|console)[^\n]*\n([^]*?)^ *```$|((?:^ {4}.*\n)+)/gm;
const inLine = /(?:^|-- |\$ )ep ([a-z].*)$/;

/** Finds every `ep …` in code spans and code blocks. Pure. */
export function findEpCommandLines(markdown: string): EpCommandLine[] {
  const spans = [...markdown.matchAll(codeSpan)].map(([, text = '']) => text.replaceAll('\n', ' '));
  const lines = [...markdown.matchAll(codeBlock)]
    .flatMap(([, fenced, indented]) => (fenced ?? indented ?? '').split('\n'))
    .flatMap((line) => {
      const [, rest] = inLine.exec(line.trim()) ?? [];
      return rest === undefined ? [] : [`ep ${rest}`];
    });
  return [...spans, ...lines].map((text) => ({ text, words: wordsOf(text) }));
}

function wordsOf(text: string): string[] {
  const [command = ''] = text.split(/ [>|<] | #|\)$/);
  const words = command.match(/"[^"]*"|'[^']*'|\S+/g) ?? [];
  return words.slice(1).map((word) => word.replaceAll(/["']/g, ''));
}

/**
 * What is wrong with a command line: an unknown command, subcommand or option.
 *
 * @param program with every command of `ep`
 * @returns undefined when nothing is
 */
export function problemOf({ words, text }: EpCommandLine, program: Command): string | undefined {
  let command = program;
  let rest = words;
  for (;;) {
    const [next = ''] = rest;
    const child = command.commands.find((one) => one.name() === next);
    if (!child) break;
    [command, rest] = [child, rest.slice(1)];
  }
  if (command === program) return `\`${text}\`: there is no such command`;
  const [next] = rest;
  if (command.commands.length > 0 && next !== undefined && !/^(-|…)/.test(next)) {
    return `\`${text}\`: ${command.name()} has no command ${next}`;
  }
  const known = ['--help', ...command.options.flatMap(({ long, short }) => [long, short])];
  const unknown = rest.find((word) => word.startsWith('-') && !known.includes(word));
  return unknown === undefined
    ? undefined
    : `\`${text}\`: ${command.name()} has no option ${unknown}`;
}

/**
 * The commands that a document says need a clone: those of the code spans in each paragraph, list item or table row that
 * contains the words “need a clone” or “needs a clone”.
 */
export function markedForClone(markdown: string): string[] {
  return markdown
    .split(/\n(?:\s*\n|(?=\s*[-|]))/)
    .filter((part) => /needs? a clone/.test(part.replaceAll(/\s+/g, ' ')))
    .flatMap((part) => findEpCommandLines(part).map(({ words }) => words[0] ?? ''));
}
