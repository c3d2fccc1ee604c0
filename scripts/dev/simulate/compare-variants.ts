import { formatTable } from '@event-platform/cli/lib/table';
import { asksFor, situations, variants, type Scale } from './variants.ts';

/** A table of the pods that each variant asks for in each situation. */
export function compareVariants(scale: Scale): string {
  return formatTable(
    ['queue', ...variants.map(({ name }) => name)],
    situations.map((situation) => [
      situation.name,
      ...variants.map((variant) => asksFor(variant, situation, scale)),
    ]),
  );
}
