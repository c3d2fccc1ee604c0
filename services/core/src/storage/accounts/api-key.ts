/** In the shape of a key, wherever somebody put it by mistake. */
const keyShape = /ep_[0-9a-f]{16}_[\w-]+/gi;

/** A text for logs and terminals, without the keys in it. */
export function hideKeys(text: string): string {
  return text.replaceAll(keyShape, 'ep_…');
}

export const scopes = ['ingest', 'read', 'admin'] as const;
export type Scope = (typeof scopes)[number];

/** Who a request speaks for. */
export interface Principal {
  /** Public part of the key, for logs; `anonymous` when AUTH=off. */
  keyId: string;
  /** The one account the key reaches; undefined reaches all (admin keys, AUTH=off). */
  accountId: string | undefined;
  scopes: readonly Scope[];
}
