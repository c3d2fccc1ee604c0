import type { Suite } from '../../suite.ts';
import { parseLimitsOptions } from './options.ts';
import { runLimits } from './run-limits.ts';

/** The highest rate that the whole system keeps up with, and what it needs there. */
export const suite: Suite = (args) => {
  const options = parseLimitsOptions(args);
  return { run: (run, command) => runLimits(run, options, command) };
};
