import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { TestEnvironment as NodeEnvironment } from 'jest-environment-node';
import { HandleTracker } from './handle-tracker.mjs';

/** Sockets close a little after `end` or `quit` have answered. */
const graceMs = 1_000;
const pollIntervalMs = 10;

/**
 * Fails a test file that leaves something open behind its last `afterAll`: it would slow or disturb
 * the files after it, and it is how a service that cannot shut down shows itself first.
 */
export default class LeakCheckEnvironment extends NodeEnvironment {
  constructor(config, context) {
    super(config, context);
    // From before the test file is loaded: what its top level opens counts too.
    this.tracker = new HandleTracker(config.globalConfig.rootDir);
  }

  async handleTestEvent(event, state) {
    if (event.name !== 'run_finish') return;
    const deadline = performance.now() + graceMs;
    let leaks = this.tracker.open();
    while (leaks.length > 0 && performance.now() < deadline) {
      await sleep(pollIntervalMs);
      leaks = this.tracker.open();
    }
    if (leaks.length === 0) return;
    const error = new Error(`Left open after the last afterAll: ${leaks.join('; ')}.`);
    // The stack would show only us. One line, as jest takes what follows the first for a stack.
    error.stack = error.message;
    state.unhandledErrors.push(error);
    // Otherwise what was forgotten could keep jest itself from ending.
    this.tracker.closeAll();
  }

  async teardown() {
    this.tracker.stop();
    await super.teardown();
  }
}
