import type { AlertCase } from './alert-case.ts';
import { budgetCases } from './budget-cases.ts';
import { deadLetterCases } from './dead-letter-cases.ts';
import { typeCases } from './type-cases.ts';
import { designCases } from './core-cases.ts';
import { objectiveCases } from './objective-cases.ts';
import { blindnessCases, eventCases, resourceCases } from './platform-cases.ts';

/** Every case of every alert. */
export const allCases: readonly AlertCase[] = [
  ...designCases,
  ...budgetCases,
  ...objectiveCases,
  ...eventCases,
  ...resourceCases,
  ...blindnessCases,
  ...deadLetterCases,
  ...typeCases,
];
