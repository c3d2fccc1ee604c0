/** A text that is not rows of this format: an error of its writer, not of PostgreSQL. */
export class UnreadableRows extends Error {
  override name = 'UnreadableRows';
}
