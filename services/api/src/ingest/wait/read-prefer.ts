/** How long a client would wait for its events to be stored. */
export interface WaitPreference {
  /** Undefined: as long as the server lets it. */
  seconds: number | undefined;
  /** For Preference-Applied, when it was done. */
  applied: string;
}

/** One preference of the header; a comma inside quotes ends none. */
const preference = /(?:"(?:[^"\\]|\\.)*"|[^",])+/g;
/** `wait`, its value with or without quotes, and parameters, which mean nothing here. */
const waitValue = /^\s*wait\s*=\s*(?:"([^"\\]*)"|([^\s";,]+))\s*(?:;|$)/i;
const isWait = /^\s*wait\s*(?:[=;]|$)/i;

/**
 * Reads `Prefer` (RFC 7240): `wait=stored` waits as long as the server lets it, `wait=5` at most five
 * seconds. Of several waits the first counts; what is not understood is ignored, as the RFC says.
 */
export function readPrefer(header: string | undefined): WaitPreference | undefined {
  if (header === undefined) return undefined;
  const wait = header.match(preference)?.find((text) => isWait.test(text));
  if (wait === undefined) return undefined;
  const [, quoted, plain] = waitValue.exec(wait) ?? [];
  const value = quoted ?? plain ?? '';
  if (value === 'stored') return { seconds: undefined, applied: 'wait=stored' };
  if (!/^\d{1,9}$/.test(value) || Number(value) === 0) return undefined;
  return { seconds: Number(value), applied: `wait=${Number(value)}` };
}
