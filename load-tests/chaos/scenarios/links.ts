import type { Scenario, Tools } from '../harness/scenario.ts';
import type { FaultProxy } from '../harness/fault-proxy.ts';
import { linkNames } from '../harness/open-parts.ts';

interface LinkFault {
  name: string;
  faults: string;
  run: (link: FaultProxy, tools: Tools) => Promise<void>;
}

const linkFaults: LinkFault[] = [
  {
    name: 'slow',
    faults: '200 ms each way for 5 s',
    async run(link, { pause }) {
      link.hurt({ latencyMs: 200 });
      await pause(5_000);
      link.heal();
    },
  },
  {
    name: 'narrow',
    faults: '20 kB/s for 5 s',
    async run(link, { pause }) {
      link.hurt({ bytesPerSecond: 20_000 });
      await pause(5_000);
      link.heal();
    },
  },
  {
    name: 'reset',
    faults: 'every connection reset, ten times',
    async run(link, { pause }) {
      for (let time = 1; time <= 10; time++) {
        link.reset();
        await pause(300);
      }
    },
  },
  {
    name: 'cut',
    faults: 'nothing gets through for 7 s',
    async run(link, { pause }) {
      link.hurt({ blocked: 'all' });
      await pause(7_000);
      link.heal();
    },
  },
  {
    name: 'deaf',
    faults: 'requests get through, answers do not, then all connections are reset; twice',
    async run(link, { pause }) {
      for (let time = 1; time <= 2; time++) {
        link.hurt({ blocked: 'answers' });
        await pause(1_500);
        link.reset();
        link.heal();
        await pause(700);
      }
    },
  },
];

/** Every fault on every link. The api needs PostgreSQL while Redis is down, so its link is cut then. */
export const links: Scenario[] = linkNames.flatMap((name) =>
  linkFaults.map((fault) => {
    const link = name.replace('-', ' ↔ ');
    const isDirect = name === 'api-postgres';
    return {
      name: `${fault.name}-${name}`,
      faults: `${link}${isDirect ? ', while Redis is down' : ''}: ${fault.faults}`,
      async run(harness, tools) {
        if (isDirect) await harness.redis.stop();
        await fault.run(harness.links[name], tools);
        if (isDirect) await harness.redis.start();
      },
    };
  }),
);
