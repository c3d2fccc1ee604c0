import { element } from './svg.ts';

/** Measures and colours that the parts of the plot share, in pixels. */
export const page = { width: 1_120, left: 76, right: 1_092, top: 84 } as const;

export const colours = {
  ink: '#1f2937',
  faint: '#6b7280',
  grid: '#e5e7eb',
  keda: '#7c3aed',
  autoscaler: '#b45309',
  problem: '#dc2626',
} as const;

/** Near enough for spacing; nobody measures text without a font. */
export function textWidth(text: string, size: number): number {
  return text.length * size * 0.54;
}

/** What a colour stands for, within a text: a sign in that colour and words. */
export function keyEntry(sign: string, colour: string, words: string): string {
  return (
    element('tspan', { dx: 14, fill: colour }, sign) +
    element('tspan', { dx: 5, fill: colours.faint }, words)
  );
}

/** A number on an axis that goes up to `most`, in thousands where that is long. */
export function formatTick(value: number, most: number): string {
  const isLong = most >= 10_000 && value !== 0;
  const short = Math.round((isLong ? value / 1_000 : value) * 100) / 100;
  return short.toLocaleString('en-US') + (isLong ? 'k' : '');
}

/** Time since the start; in minutes and seconds where the whole is longer than two minutes. */
export function formatSeconds(seconds: number, lengthS: number): string {
  const whole = Math.round(seconds);
  if (lengthS <= 120) return `${whole} s`;
  const [hours, minutes] = [Math.floor(whole / 3_600), Math.floor((whole % 3_600) / 60)];
  const tail = String(whole % 60).padStart(2, '0');
  return hours === 0
    ? `${minutes}:${tail}`
    : `${hours}:${String(minutes).padStart(2, '0')}:${tail}`;
}
