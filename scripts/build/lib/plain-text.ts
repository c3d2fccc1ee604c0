const onlyLinks = /\s*\((?:(?:, )?\[[^\]]+\]\([^)]+\))+\)/g;

/** Markdown of one line as plain text: references in parentheses go, other links become their text. Pure. */
export function plainText(markdown: string): string {
  return markdown
    .replaceAll(onlyLinks, '')
    .replaceAll(/\[([^\]]+)\]\([^)]+\)/g, '$1')
    .replaceAll(/\*\*([^*]+)\*\*/g, '$1')
    .replaceAll('`', '');
}
