/** Something that the person at the terminal can put right: one sentence with the way out. Exit code 1. */
export class CliError extends Error {
  override name = 'CliError';
}
