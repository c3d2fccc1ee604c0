/** The share of the workers that an account has unless it is set otherwise. */
export const usualWeight = 1;

/** What metrics call an account: most are `standard`, and there are never more than these three. */
export type AccountClass = 'standard' | 'raised' | 'lowered';

/** The class of an account by its share of the workers. */
export function classOfWeight(weight: number): AccountClass {
  if (weight === usualWeight) return 'standard';
  return weight > usualWeight ? 'raised' : 'lowered';
}
