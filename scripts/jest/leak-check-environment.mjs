import { setImmediate as nextTurn } from 'node:timers/promises';
import { TestEnvironment as NodeEnvironment } from 'jest-environment-node';

/** What a forgotten client, server, child process or timer keeps alive, in plain words. */
const watched = {
  TCPSocketWrap: 'open connection (a pool, a Redis client, an HTTP response?)',
  TCPServerWrap: 'listening server',
  ProcessWrap: 'child process',
  Timeout: 'running timer',
};

/** Sockets take a few turns of the event loop to close after `end` or `quit` have answered. */
const graceMs = 2_000;

/**
 * Fails a test file that leaves something open behind its last `afterAll`: it would slow or disturb
 * the files after it, and it is how a service that cannot shut down shows itself first.
 */
export default class LeakCheckEnvironment extends NodeEnvironment {
  async handleTestEvent(event, state) {
    if (event.name === 'run_start') this.before = count();
    if (event.name !== 'run_finish') return;
    const leaks = await leaksAfterGrace(this.before);
    if (leaks.length > 0) {
      const error = new Error(`Left open after the last afterAll: ${leaks.join(', ')}.`);
      // The stack would show only us. On one line, as jest takes what follows the first for a stack.
      error.stack = error.message;
      state.unhandledErrors.push(error);
    }
  }
}

async function leaksAfterGrace(before) {
  const deadline = performance.now() + graceMs;
  for (;;) {
    // Turns are waited for without a timer, as a timer would count itself.
    await nextTurn();
    const leaks = difference(before, count());
    if(leaks.length) console.error(process.getActiveResourcesInfo(), before);await new Promise(r=>setTimeout(r,100));
    if (leaks.length === 0 || performance.now() > deadline) return leaks;
  }
}

function count() {
  const counts = new Map();
  for (const name of process.getActiveResourcesInfo()) {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

function difference(before, after) {
  return Object.entries(watched).flatMap(([name, meaning]) => {
    const surplus = (after.get(name) ?? 0) - (before.get(name) ?? 0);
    return surplus > 0 ? [`${surplus} × ${meaning}`] : [];
  });
}
