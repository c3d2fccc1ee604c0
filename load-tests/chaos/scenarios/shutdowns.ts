import type { Scenario } from '../harness/scenario.ts';
import { parts, slotOf, harnessToKill, type Part } from './parts.ts';

export const shutdowns: Scenario[] = [
  {
    name: 'sigterm-all',
    faults: 'SIGTERM to api, worker, Redis and PostgreSQL at once, then to one after the other',
    async run(harness, { pause }) {
      const slots = parts.map((part) => slotOf(harness, part));
      await Promise.all(slots.map((slot) => slot.stop()));
      await Promise.all(slots.map((slot) => slot.start()));
      await pause(1_500);
      for (const slot of slots) {
        await slot.stop();
        await slot.start();
      }
    },
  },
  deployWithout('worker', 'PostgreSQL'),
  deployWithout('api', 'Redis'),
];

/** What is under way cannot end as usual, and what starts instead finds its server down. */
function deployWithout(part: 'api' | 'worker', server: Part): Scenario {
  return {
    name: `sigterm-${part}-without-${server.toLowerCase()}`,
    faults: `kill -9 of ${server}; SIGTERM to the ${part}, another starts; ${server} comes back last`,
    harness: harnessToKill(server),
    async run(harness, { pause }) {
      await slotOf(harness, server).kill();
      await pause(1_500);
      await slotOf(harness, part).stop();
      await slotOf(harness, part).start();
      await pause(1_500);
      await slotOf(harness, server).start();
    },
  };
}
