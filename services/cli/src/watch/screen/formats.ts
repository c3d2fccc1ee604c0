import { formatCount } from '../../lib/table.ts';

/** Hours, minutes and seconds of the day, where the terminal is. */
export function clockTime(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return '--:--:--';
  return date.toTimeString().slice(0, 8);
}

/** A count, or a dash for what is unknown. */
export function countOrDash(count: number | null | undefined): string {
  return count === null || count === undefined ? '–' : formatCount(Math.round(count));
}

/** A time that something took, in the unit that suits it. */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return '–';
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 99.5) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  return `${Math.round(minutes / 60)} h`;
}
