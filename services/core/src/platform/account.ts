import { execFileSync, spawnSync } from 'node:child_process';

/** The numeric ids a child process is started with. */
export interface Account {
  uid: number;
  gid: number;
}

/**
 * The account that servers run as when this process is root: PostgreSQL refuses to run as root, and `nobody`
 * exists on every Linux and macOS. Undefined when we are not root: then servers run as ourselves.
 */
export function unprivilegedAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  return { uid: idOfNobody('-u'), gid: idOfNobody('-g') };
}

/**
 * True when `account` may enter the directory, or execute the file, at `path`. Asked by trying, since
 * mode bits alone say nothing of access lists, or of a parent directory that is closed.
 */
export function canReach(path: string, account: Account | undefined): boolean {
  const child = spawnSync('/bin/sh', ['-c', 'test -x "$0"', path], {
    cwd: '/',
    stdio: 'ignore',
    ...account,
  });
  return child.status === 0;
}

function idOfNobody(flag: '-u' | '-g'): number {
  // macOS prints -2 as an unsigned number, which Node refuses; `| 0` makes it signed again.
  return Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' })) | 0;
}
