import { createHash, randomBytes } from 'node:crypto';
import { and, desc, eq, gt, isNull, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import { scopes, type Scope } from './api-key.ts';
import { apiKeys } from '../schema.ts';
import { inTransaction } from '../session/in-transaction.ts';

export type ApiKeyRecord = Omit<typeof apiKeys.$inferSelect, 'secretHash'>;

/** How many live keys an account may have: the one in use and the one that replaces it. */
export const liveKeysPerAccount = 2;

const keyPattern = /^ep_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/;

/** Splits `ep_<id>_<secret>`; undefined when the text does not have the form of a key; no server is needed. */
export function parseApiKey(key: string): { keyId: string; secretHash: Buffer } | undefined {
  const match = keyPattern.exec(key);
  if (!match?.[1] || !match[2]) return undefined;
  return { keyId: match[1], secretHash: hashSecret(match[2]) };
}

/** A plain hash suffices: 256 random bits cannot be guessed, so there is nothing to slow down. */
function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** The account already has as many live keys as rotation needs. */
export class TooManyKeys extends Error {
  override name = 'TooManyKeys';
}

/**
 * Makes a key and returns its text, which is shown once and kept nowhere.
 *
 * @param accountId null makes a key of the operators, which reaches every account
 * @throws TooManyKeys when an account would have more than two live keys
 */
export async function createApiKey(
  directory: pg.Pool,
  key: { accountId: string | null; name: string; scopes: readonly Scope[] },
): Promise<{ keyId: string; key: string }> {
  const keyId = randomBytes(8).toString('hex');
  const secret = randomBytes(32).toString('base64url');
  await inTransaction(directory, async (session) => {
    const tx = drizzle(session);
    if (key.accountId !== null) {
      // Two rotations at once must not both see a single live key.
      await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtext(${key.accountId}))`);
      const live = await tx.$count(
        apiKeys,
        and(eq(apiKeys.accountId, key.accountId), isNull(apiKeys.revokedAt)),
      );
      if (live >= liveKeysPerAccount) {
        throw new TooManyKeys(
          `Account ${key.accountId} has ${live} live keys already; revoke one first`,
        );
      }
    }
    await tx.insert(apiKeys).values({
      keyId,
      accountId: key.accountId,
      name: key.name,
      secretHash: hashSecret(secret),
      scopes: [...key.scopes],
    });
  });
  return { keyId, key: `ep_${keyId}_${secret}` };
}

/** What an api process knows of a live key. */
export interface LiveKey {
  accountId: string | undefined;
  scopes: Scope[];
  secretHash: Buffer;
}

/** One live key with its hash, or undefined when it does not exist or is revoked. */
export async function findApiKey(directory: pg.Pool, keyId: string): Promise<LiveKey | undefined> {
  const [row] = await drizzle(directory)
    .select()
    .from(apiKeys)
    .where(and(eq(apiKeys.keyId, keyId), isNull(apiKeys.revokedAt)));
  return row && toLiveKey(row);
}

/** The live keys that were made after an instant, by their ids, newest first and at most `limit`. */
export async function newestApiKeys(
  directory: pg.Pool,
  { after, limit }: { after: Date; limit: number },
): Promise<{ keyId: string; createdAt: Date; key: LiveKey }[]> {
  const rows = await drizzle(directory)
    .select()
    .from(apiKeys)
    .where(and(isNull(apiKeys.revokedAt), gt(apiKeys.createdAt, after)))
    .orderBy(desc(apiKeys.createdAt))
    .limit(limit);
  return rows.map((row) => ({
    keyId: row.keyId,
    createdAt: row.createdAt,
    key: toLiveKey(row),
  }));
}

function toLiveKey(row: typeof apiKeys.$inferSelect): LiveKey {
  return {
    accountId: row.accountId ?? undefined,
    scopes: scopes.filter((scope) => row.scopes.includes(scope)),
    secretHash: row.secretHash,
  };
}

/** Keys without their hashes, newest first; all accounts when none is named. */
export async function listApiKeys(directory: pg.Pool, accountId?: string): Promise<ApiKeyRecord[]> {
  return drizzle(directory)
    .select({
      keyId: apiKeys.keyId,
      accountId: apiKeys.accountId,
      name: apiKeys.name,
      scopes: apiKeys.scopes,
      createdAt: apiKeys.createdAt,
      revokedAt: apiKeys.revokedAt,
    })
    .from(apiKeys)
    .where(accountId === undefined ? undefined : eq(apiKeys.accountId, accountId))
    .orderBy(desc(apiKeys.createdAt));
}

/** Revokes a key; every api process notices within ten seconds. False: no such live key. */
export async function revokeApiKey(directory: pg.Pool, keyId: string): Promise<boolean> {
  const revoked = await drizzle(directory)
    .update(apiKeys)
    .set({ revokedAt: sql`now()` })
    .where(and(eq(apiKeys.keyId, keyId), isNull(apiKeys.revokedAt)))
    .returning({ keyId: apiKeys.keyId });
  return revoked.length > 0;
}
