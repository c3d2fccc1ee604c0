/** A text that holds no rows of ours: the fault of who wrote it, not of PostgreSQL. */
export class UnreadableRows extends Error {
  override name = 'UnreadableRows';
}
