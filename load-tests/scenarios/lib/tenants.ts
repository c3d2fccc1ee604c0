import type { Settings } from './settings.ts';

/** An account, and the key that speaks for it. */
export interface Tenant {
  account: string;
  key: string | undefined;
}

/**
 * The tenants of a run: those of a file of keys, or the one that the key belongs to, or made-up ones
 * (`load-000`, …), which need AUTH=off or an operator's key. Made-up names are the same in every run,
 * so that tables and metrics do not grow by them.
 *
 * @param open reads a file; k6's own
 * @throws Error when the file holds no keys
 */
export function makeTenants(settings: Settings, open: (file: string) => string): Tenant[] {
  const { keysFile, account, key, tenants } = settings;
  if (keysFile !== undefined) return readKeys(keysFile, open(keysFile));
  if (account !== undefined) return [{ account, key }];
  return Array.from({ length: tenants }, (_, index) => ({
    account: `load-${String(index).padStart(3, '0')}`,
    key,
  }));
}

function readKeys(file: string, text: string): Tenant[] {
  const keys = JSON.parse(text) as Record<string, string>;
  const tenants = Object.entries(keys).map(([account, key]) => ({ account, key }));
  if (tenants.length > 0) return tenants;
  throw new Error(`KEYS=${file}: write {"account":"key", …} into it.`);
}
