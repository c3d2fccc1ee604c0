/**
 * The secret of a key `ep_<id>_<secret>`. It may hold underscores itself, so a plain split would
 * now and then yield a piece of it, or nothing.
 */
export function secretOf(key: string): string {
  return key.split('_').slice(2).join('_');
}
