import type { Scenario } from './scenario.ts';
import { commits } from './scenarios/commits.ts';
import { contents } from './scenarios/contents.ts';
import { deaths } from './scenarios/deaths.ts';
import { failovers } from './scenarios/failovers.ts';
import { freezes } from './scenarios/freezes.ts';
import { fullness } from './scenarios/fullness.ts';
import { formats } from './scenarios/formats.ts';
import { large } from './scenarios/large.ts';
import { links } from './scenarios/links.ts';
import { scripts } from './scenarios/scripts.ts';
import { waits } from './scenarios/waits.ts';
import { shutdowns } from './scenarios/shutdowns.ts';

/** Every scenario that there is. */
export const catalogue: readonly Scenario[] = [
  ...deaths,
  ...shutdowns,
  ...freezes,
  ...links,
  ...fullness,
  ...commits,
  ...contents,
  ...failovers,
  ...waits,
  ...scripts,
  ...large,
  ...formats,
];
