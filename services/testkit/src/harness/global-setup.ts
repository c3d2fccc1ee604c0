import { writeHarnessEnv } from './harness-env.ts';
import { startHarnessServers, type HarnessServers } from './harness-servers.ts';

declare global {
  /** Handed from the global setup to the global teardown, which jest loads as another module. */
  var epHarnessServers: HarnessServers | undefined;
}

/** Jest calls this once, before any test file. */
export default async function globalSetup(): Promise<void> {
  globalThis.epHarnessServers = await startHarnessServers();
  writeHarnessEnv(globalThis.epHarnessServers.env);
}
