/**
 * Puts text between `<!-- measured:NAME -->` and `<!-- /measured:NAME -->`. Pure.
 *
 * @throws Error when the markers are missing
 */
export function fillDocument(document: string, name: string, text: string): string {
  const [start, end] = [`<!-- measured:${name} -->`, `<!-- /measured:${name} -->`];
  const [from, to] = [document.indexOf(start), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`The document has no ${start} and ${end}.`);
  return `${document.slice(0, from + start.length)}\n\n${text.trim()}\n\n${document.slice(to)}`;
}
