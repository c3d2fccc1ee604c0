const bars = Array.from('▁▂▃▄▅▆▇█');

/**
 * Draws the last values as bars, newest at the right; a blank for what is unknown.
 *
 * @param max the value of a full bar; by default the greatest shown
 */
export function sparkline(
  values: readonly (number | null)[],
  width: number,
  max = Math.max(1, ...values.slice(-width).map((value) => value ?? 0)),
): string {
  return values
    .slice(-width)
    .map((value) => {
      if (value === null) return ' ';
      // Anything above zero shows, however little it is.
      const level = value <= 0 ? 0 : Math.max(1, Math.round((value / max) * (bars.length - 1)));
      return bars[Math.min(level, bars.length - 1)] ?? '';
    })
    .join('')
    .padStart(width);
}
