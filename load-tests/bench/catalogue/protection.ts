import type { Baseline } from '../lab/baseline.ts';
import { openLimits, type WholeSystemOptions } from '../baselines/whole-system.ts';
import { hundred } from './hundred.ts';

const entry = 'load-tests/bench/servers/partial-api.ts';
const noIpGuard = { IP_REQUESTS_PER_MINUTE: '0' };
const ipGuard = { IP_REQUESTS_PER_MINUTE: openLimits.IP_REQUESTS_PER_MINUTE };

/** One rung: the same program as all others of this set, with these protections and no others. */
function rung(
  name: string,
  description: string,
  script: string,
  more: Partial<WholeSystemOptions> = {},
): Baseline {
  const { api, ...rest } = more;
  return hundred({
    name,
    description,
    apiEntry: entry,
    ...rest,
    api: { ...noIpGuard, BENCH_PROTECTION: script, ...api },
  });
}

/** What the whole protection costs, and each of its steps alone. */
export const protectionBaselines: Baseline[] = [
  rung('S100-open', 'no protection at all', ''),
  rung('S100-open-key', 'an API key alone', '', { hasKeys: true }),
  rung('S100-open-ip', 'the address guard alone', '', { api: ipGuard }),
  rung('S100-open-window', 'the sliding window alone, in Redis', 'window'),
  rung('S100-open-gate', 'the backlog gate alone, in Redis', 'gate'),
  rung('S100-open-tag', 'the fair tag alone, in Redis', 'tag'),
  rung('S100-keys', 'everything: key, address guard, window, gate, fair tag', 'window,gate,tag', {
    hasKeys: true,
    api: ipGuard,
  }),
];
