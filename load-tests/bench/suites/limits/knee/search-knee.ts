import type { Step } from './step.ts';

/** The search ends when the lowest rate that failed is within this of the highest that held. */
const precision = 1.04;
const maxSteps = 14;
const shrink = 0.6;
const growth = 1.25;

/**
 * Searches the highest rate that is steady: down or up from a first guess until one rate holds and one
 * fails, then always the geometric middle. Ends after 14 steps in any case.
 *
 * @param tryRate measures one rate
 * @returns the highest steady rate; undefined when none was
 */
export async function searchKnee(
  firstRate: number,
  tryRate: (rate: number) => Promise<Step>,
): Promise<{ knee: number | undefined; steps: Step[] }> {
  const steps: Step[] = [];
  let held: number | undefined;
  let failed: number | undefined;
  let rate = firstRate;
  while (steps.length < maxSteps) {
    const step = await tryRate(Math.round(rate));
    steps.push(step);
    if (step.isSteady) held = step.rate;
    else failed = step.rate;
    if (held !== undefined && failed !== undefined && failed / held <= precision) break;
    if (held === undefined) rate *= shrink;
    else if (failed === undefined) rate *= growth;
    else rate = Math.sqrt(held * failed);
  }
  return { knee: held, steps };
}
