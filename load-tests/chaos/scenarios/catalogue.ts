import type { Scenario } from '../harness/scenario.ts';
import { commits } from './commits.ts';
import { contents } from './contents.ts';
import { crashes } from './crashes.ts';
import { failovers } from './failovers.ts';
import { freezes } from './freezes.ts';
import { fullness } from './fullness.ts';
import { formats } from './formats.ts';
import { large } from './large.ts';
import { links } from './links.ts';
import { scripts } from './scripts.ts';
import { waits } from './waits.ts';
import { shutdowns } from './shutdowns.ts';

/** Every scenario that there is. */
export const catalogue: readonly Scenario[] = [
  ...crashes,
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
