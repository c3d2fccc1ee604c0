/** A block of commands in a runbook. */
export interface RunbookBlock {
  /** Its shell text, without the indentation of the list that it is in. */
  script: string;
  /** Each command, with its continued lines joined. */
  commands: string[];
  /** Whether it changes anything: ```sh changes. */
  changes: boolean;
  /** Whether it only sets the variables of the reader's shell: ```sh setup. */
  isSetup: boolean;
  /** Whether it needs a dead letter: ```sh one-dead-letter. */
  needsDeadLetter: boolean;
  /** The exit codes that the text around it explains; [0] unless it says ```sh exits=0,1. */
  exitCodes: number[];
}

const block = /^( *)```sh([^\n]*)\n([^]*?)^ *```$/gm;

/** Finds the ```sh blocks of a runbook; the words after `sh` say what a reader, and a test, may expect. Pure. */
export function findRunbookBlocks(markdown: string): RunbookBlock[] {
  return [...markdown.matchAll(block)].map(([, indent = '', info = '', body = '']) => {
    const script = body.replaceAll(new RegExp(`^${indent}`, 'gm'), '');
    const words = info.trim().split(' ');
    const [, codes = '0'] = /exits=(\S+)/.exec(info) ?? [];
    return {
      script,
      commands: script
        .replaceAll('\\\n', ' ')
        .split('\n')
        .filter((line) => line.trim() !== ''),
      changes: words.includes('changes'),
      isSetup: words.includes('setup'),
      needsDeadLetter: words.includes('one-dead-letter'),
      exitCodes: codes.split(',').map(Number),
    };
  });
}
