import { table } from './table.ts';

/** A figure that was promised. */
export interface Target {
  name: string;
  /** Which side of `wanted` is good. */
  isAtLeast: boolean;
  wanted: number;
  /** Undefined: this run did not measure it. */
  measured: number | undefined;
  unit?: string;
  /** How far the rounds lie apart. */
  range?: readonly [number, number];
  /** Where the time goes, or what else explains the figure. */
  note?: string;
}

/** Whether it was kept; undefined where it was not measured. Pure. */
export function isMet({ isAtLeast, wanted, measured }: Target): boolean | undefined {
  if (measured === undefined || Number.isNaN(measured)) return undefined;
  return isAtLeast ? measured >= wanted : measured <= wanted;
}

/** Each target with its figure and whether it was met, as a table. */
export function formatTargets(targets: readonly Target[]): string {
  const hasPendingIds = targets.some(({ note }) => note !== undefined);
  return table(
    ['target', 'wanted', 'measured', 'met', ...(hasPendingIds ? ['where it goes'] : [])],
    targets.map((target) => [
      target.name,
      `${target.isAtLeast ? '≥' : '≤'} ${withUnit(figure(target.wanted), target.unit)}`,
      measuredText(target),
      result(isMet(target)),
      ...(hasPendingIds ? [target.note ?? ''] : []),
    ]),
  );
}

function measuredText({ measured, range, unit }: Target): string {
  if (measured === undefined) return '–';
  const [low, high] = (range ?? [measured, measured]).map(figure);
  const text = withUnit(figure(measured), unit);
  return low === high ? text : `${text} (${low}–${high})`;
}

function result(met: boolean | undefined): string {
  if (met === undefined) return 'not measured';
  return met ? 'yes' : '**no**';
}

function withUnit(text: string, unit: string | undefined): string {
  return unit === undefined ? text : `${text} ${unit}`;
}

/** Three significant digits, and no fewer than the whole part has. */
function figure(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}
