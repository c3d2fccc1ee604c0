import { spawn } from 'node:child_process';

/** Ends the watch without touching the guarded process. */
export type ReleaseSupervisor = () => void;

/**
 * Waits for end of file on standard input. The write end of that pipe is held by the owner alone, so
 * its end, even by SIGKILL, closes it: then the guarded process gets the polite signal, and after
 * $3 seconds SIGKILL. A line on the pipe means that the owner has let go.
 */
const script = `
read -r _ && exit 0
kill -s "$2" "$1" 2>/dev/null
i=0
while kill -0 "$1" 2>/dev/null && [ "$i" -lt "$3" ]; do sleep 1; i=$((i + 1)); done
kill -s KILL "$1" 2>/dev/null
`;

const graceSeconds = 20;

/**
 * Makes a process end with this one, however this one ends. A shell in a session of its own watches a pipe that
 * only we hold open; neither Linux's parent-death signal nor anything like it exists on macOS.
 */
export function guard(pid: number, stopSignal: NodeJS.Signals): ReleaseSupervisor {
  const signalName = stopSignal.replace('SIG', '');
  const shell = spawn(
    '/bin/sh',
    ['-c', script, 'supervisor', String(pid), signalName, String(graceSeconds)],
    { cwd: '/', detached: true, stdio: ['pipe', 'ignore', 'ignore'] },
  );
  // The pipe breaks when someone ended the shell: the guarded process then merely has no guard.
  shell.stdin.on('error', () => undefined);
  shell.on('error', () => undefined);
  shell.unref();
  return () => {
    shell.stdin.end('released\n');
  };
}
