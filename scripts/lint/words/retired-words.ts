/** Words that were replaced by the field's own, and what to write instead. */
export interface RetiredWord {
  /** Lower case, every form of it: a form that is missing here is not found. */
  words: readonly string[];
  instead: string;
  /** Prose may use the word: it is retired as a part of identifiers, and in the names of files. */
  onlyInNames?: boolean;
  /** Uses of the same letters that mean something else, as they stand in a line. */
  unless?: RegExp;
  /** Files, by their path from the root, in which the word has another meaning. */
  unlessIn?: RegExp;
}

/**
 * The retired words. A word belongs here only if it has no other use in this repository, or if a pattern can tell
 * the other use apart.
 */
export const retiredWords: readonly RetiredWord[] = [
  { words: ['burial', 'burying'], instead: 'dead-letter' },
  { words: ['desks'], instead: 'client, producer' },
  { words: ['gathering', 'gatherers'], instead: 'batcher, batches' },
  { words: ['striker', 'strikers'], instead: 'ack, acknowledge' },
  { words: ['keeper', 'keepers'], instead: 'reconciler' },
  { words: ['fates'], instead: 'statuses' },
  { words: ['sight', 'sights'], instead: 'poll, probe, read' },
  { words: ['suspicious', 'guilty', 'blamed'], instead: 'suspected, isolate' },
  { words: ['rehearses'], instead: 'dry run' },
  { words: ['lend'], instead: 'withSession, withConnection' },
  { words: ['guardian', 'guardians'], instead: 'supervisor' },
  { words: ['worlds'], instead: 'harness, test environment' },
  { words: ['yardstick', 'yardsticks'], instead: 'baseline' },
  { words: ['lap', 'laps', 'ladder', 'ladders', 'climbing'], instead: 'intervals, ablation, ramp' },
  inNames('batch id, ledger entry', ['lot', 'lots']),
  inNames('dead letter', ['bury', 'buries', 'buried', 'deaths']),
  inNames('client, producer', ['desk']),
  inNames('batcher', ['gatherer', 'gather']),
  inNames('ack, acknowledge', ['strike', 'strikes', 'struck']),
  inNames('source', ['witness', 'witnesses']),
  inNames('final', ['ripe']),
  inNames('candidate', ['contender', 'contenders']),
  inNames('status', ['fate']),
  inNames('notification', ['news', 'told']),
  inNames('dry run', ['rehearse', 'rehearsal']),
  inNames('retry budget', ['patience']),
  inNames('evaluate, decide; decision', ['judge', 'judges', 'judged', 'verdicts']),
  inNames('with…, session', ['lends', 'lent']),
  inNames('missing, problem, failure', ['lacks', 'trouble', 'troubles']),
  inNames('harness, test environment', ['world']),
];

function inNames(instead: string, words: readonly string[]): RetiredWord {
  return { words, instead, onlyInNames: true };
}
