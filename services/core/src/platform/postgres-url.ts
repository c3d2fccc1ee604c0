import pg from 'pg';

/** The modes of node-postgres. It treats any other word silently as the strictest. */
const sslModes = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'];

const encode =
  'is not a URL; a password with / @ : # ? or % in it is to be percent-encoded (encodeURIComponent)';

/**
 * Says why node-postgres could not connect with a URL, or would connect with another one than is meant.
 *
 * @returns a sentence without the URL, which holds a password; undefined where nothing is wrong
 */
export function whyNoPostgresUrl(text: string): string | undefined {
  if (!/^postgres(ql)?:\/\//.test(text)) return 'starts with postgres:// or postgresql://';
  if (!isPlainUrl(text)) return encode;
  const sslMode = new URL(text).searchParams.get('sslmode');
  if (sslMode !== null && !sslModes.includes(sslMode)) {
    return `names an unknown sslmode; it is one of ${sslModes.join(', ')}`;
  }
  try {
    const { port } = new pg.Client({ connectionString: text });
    return port >= 1 && port <= 65_535 ? undefined : 'names a port that is none (1 to 65535)';
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException;
    if (path !== undefined)
      return `names a file that cannot be read: ${path} (${code ?? 'failed'})`;
    return 'cannot be used by node-postgres: check the parameters behind the question mark';
  }
}

/**
 * Whether a URL is read in the way it appears to be written. A `/`, `#` or `?` in a password ends the host before
 * its `@` is met: the rest is then taken for a path, and no user is left.
 */
export function isPlainUrl(text: string): boolean {
  try {
    const { username, password, pathname, hash } = new URL(text);
    decodeURIComponent(`${username}${password}${pathname}`);
    const isCutShort = text.includes('@') && username === '' && password === '';
    return hash === '' && !isCutShort && !/\s/.test(text);
  } catch {
    return false;
  }
}
