/** What can be set from outside, as environment variables of k6; `make load` hands them over. */
export interface Settings {
  /** Of the api, without a slash at its end. */
  url: string;
  /** One key for every tenant; absent: none is sent. */
  key: string | undefined;
  /** JSON of a pool, `{"account":"key"}`, instead of made-up tenants. */
  keysFile: string | undefined;
  /** The one tenant that `key` belongs to. */
  account: string | undefined;
  /** How many tenants are made up. */
  tenants: number;
  /** Requests a second at the peak of the scenario; absent: as the scenario says. */
  rate: number | undefined;
  /** Seconds of the whole load; absent: as the scenario says. */
  seconds: number | undefined;
  /** Addresses of /metrics, of api and workers. */
  metricsUrls: string[];
  /** Folder for the reports; absent: they are printed only. */
  outDir: string | undefined;
}

/** Nobody means more than this: a load has an end. */
const bounds = { rate: [0.1, 5_000], seconds: [5, 900], tenants: [1, 1_000] } as const;

/**
 * Reads the settings. Pure.
 *
 * @throws Error with the variable and its bounds
 */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const text = (name: string): string | undefined => env[name] || undefined;
  const url = (text('URL') ?? 'http://127.0.0.1:3000').replace(/\/+$/, '');
  const metrics = text('METRICS') ?? `${url}/metrics`;
  return {
    url,
    key: text('KEY'),
    keysFile: text('KEYS'),
    account: text('ACCOUNT'),
    tenants: Math.round(readNumber('TENANTS', text('TENANTS') ?? '20', bounds.tenants)),
    rate: ifGiven(text('RATE'), (given) => readNumber('RATE', given, bounds.rate)),
    seconds: ifGiven(text('DURATION'), readSeconds),
    metricsUrls: metrics.split(','),
    outDir: text('OUT'),
  };
}

function readSeconds(given: string): number {
  const [, number = '', unit] = /^([\d.]+)(s|m)?$/.exec(given) ?? [];
  const seconds = String(Number(number) * (unit === 'm' ? 60 : 1));
  return readNumber('DURATION', number === '' ? given : seconds, bounds.seconds, ' seconds');
}

function readNumber(
  name: string,
  given: string,
  [min, max]: readonly [number, number],
  unit = '',
): number {
  const number = Number(given);
  if (number >= min && number <= max) return number;
  throw new Error(`${name}=${given}: give a number from ${min} to ${max}${unit}.`);
}

function ifGiven<T>(value: string | undefined, use: (value: string) => T): T | undefined {
  return value === undefined ? undefined : use(value);
}
