import { Command } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { hideSecrets } from './hide-secrets.ts';

/** The program `ep`, before its commands are added: they inherit how it ends and what it prints. */
export function createProgram(description: string): Command {
  return (
    new Command('ep')
      .description(description)
      .version(manifest.version, '--version', 'print the version')
      // What was not understood is repeated by commander, whatever it is.
      .configureOutput({ writeErr: (text) => process.stderr.write(hideSecrets(text)) })
      .showHelpAfterError('Add --help to see how it is used.')
      .exitOverride()
  );
}
