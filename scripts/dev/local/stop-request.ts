/** Ctrl-C, `make down`, a closed terminal: how people ask for a stop. */
const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Exit code of a shell for a program that Ctrl-C ended. */
const interruptedExitCode = 130;

/**
 * An abort signal that the first stop request trips. The second one ends this process at once, and
 * the supervisors then end the rest.
 */
export function stopRequest(say: (message: string) => void): AbortSignal {
  const controller = new AbortController();
  for (const name of stopSignals) {
    process.on(name, () => {
      if (controller.signal.aborted && name === 'SIGINT') {
        say('Interrupted again: ending everything now');
        process.exit(interruptedExitCode);
      }
      controller.abort();
    });
  }
  return controller.signal;
}

/** Resolves when the signal is tripped, at once if it is already. */
export async function whenAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
