/** Something that the person at the terminal can put right: one sentence with the way out. Exit code 1. */
export class CliError extends Error {
  override name = 'CliError';
}

/**
 * A value that was not understood. Exit code 2. Unlike an InvalidArgumentError of commander, whose sentence
 * begins with the value, it can be about a URL with a password in it.
 */
export class UsageError extends CliError {
  override name = 'UsageError';
}
