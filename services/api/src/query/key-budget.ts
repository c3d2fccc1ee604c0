/**
 * Bounds how many cached keys each account has in Redis, which the queue needs more: a dashboard that
 * requests a new `from` every second would otherwise fill it for a day.
 *
 * Known to this process only, so the bound holds per api process. Accounts beyond `maxAccounts` are
 * forgotten, and their keys go when they expire.
 */
export class KeyBudget {
  private readonly maxKeys: number;
  private readonly maxAccounts: number;
  private readonly accounts = new Map<string, Set<string>>();

  constructor(maxKeys: number, maxAccounts: number) {
    this.maxKeys = maxKeys;
    this.maxAccounts = maxAccounts;
  }

  /** Notes that a key was written. Returns the key, written longest ago, that has to go for it. */
  note(accountId: string, key: string): string | undefined {
    const keys = this.accounts.get(accountId) ?? new Set();
    // Maps and sets keep the order of insertion: what is put in anew moves to the end.
    this.accounts.delete(accountId);
    this.accounts.set(accountId, keys);
    if (this.accounts.size > this.maxAccounts) dropFirst(this.accounts);
    keys.delete(key);
    keys.add(key);
    return keys.size > this.maxKeys ? dropFirst(keys) : undefined;
  }
}

function dropFirst(from: Map<string, unknown> | Set<string>): string | undefined {
  const [first] = from.keys();
  if (first !== undefined) from.delete(first);
  return first;
}
