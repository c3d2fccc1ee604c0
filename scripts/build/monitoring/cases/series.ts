/** A value, or `stale`: the process is gone, and Prometheus has marked its series. */
type Value = number | 'stale';

/** The values of one series over time, written for the given distance between samples. */
export type SeriesValues = (stepSeconds: number) => string;

export type Labels = Readonly<Record<string, string>>;

/** What Prometheus sees: series → values. */
export type Series = Readonly<Record<string, SeriesValues>>;

/** A counter that starts at 0 and grows by so much a minute, for so many minutes, phase after phase. */
export function counter(
  ...phases: (readonly [perMinute: number, minutes: number])[]
): SeriesValues {
  return (stepSeconds) => {
    let value = 0;
    const parts = phases.map(([perMinute, minutes]) => {
      const step = (perMinute * stepSeconds) / 60;
      const steps = stepsOf(minutes, stepSeconds);
      const part = `${value}+${step}x${steps - 1}`;
      value += step * steps;
      return part;
    });
    return parts.join(' ');
  };
}

/** A gauge that has this value for so many minutes, phase after phase. */
export function gauge(...phases: (readonly [value: Value, minutes: number])[]): SeriesValues {
  return (stepSeconds) =>
    phases
      .map(([value, minutes]) => {
        const steps = stepsOf(minutes, stepSeconds);
        return value === 'stale' ? `stale _x${steps - 1}` : `${value}+0x${steps - 1}`;
      })
      .join(' ');
}

/** What the api exports under these labels, as promtool reads it. */
export function seriesName(name: string, labels: Labels): string {
  const pairs = Object.entries({ service: 'api', ...labels });
  return `${name}{${pairs.map(([label, value]) => `${label}="${value}"`).join(', ')}}`;
}

function stepsOf(minutes: number, stepSeconds: number): number {
  return Math.round((minutes * 60) / stepSeconds);
}
