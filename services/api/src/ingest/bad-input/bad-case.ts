/** A request to the api as a test sends it; JSON to POST /events where it says nothing else. */
export interface Sent {
  body?: string | Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
  path?: string;
  method?: string;
}

/** What is sent, and the status, code and pointer that docs/contract.md promises for it. */
export type BadCase = [name: string, sent: Sent, status: number, code: string, pointer?: string];

export const json = { 'content-type': 'application/json' };
const fields = '"account_id":"a","user_id":"u","type":"t"';
export const event = (more = '') => `{${fields}${more && `,${more}`}}`;
export const metadata = (value: string) => event(`"metadata":${value}`);
export const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
export const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
