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
