import type { Values } from './release.ts';

/** The image of a service, of the variable that names it or as the testbed tags it. */
export function serviceImage(service: 'api' | 'worker'): string {
  return process.env[`${service.toUpperCase()}_IMAGE`] ?? `event-platform-${service}:testbed`;
}

function image(service: 'api' | 'worker'): Values {
  const [, repository = '', tag = ''] = /^(.*):([^:/]+)$/.exec(serviceImage(service)) ?? [];
  return { repository, tag };
}

/** Two cores carry everything, so pods ask for next to nothing; what they may use stays. */
const smallRequests = { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '512Mi' } };

/** The chart with its bundled servers, from zero workers, reached by a port of the node. */
const base: Values = {
  evaluation: { enabled: true, storage: '1Gi' },
  networkPolicy: { enabled: true },
  api: {
    image: image('api'),
    resources: smallRequests,
    autoscaling: { enabled: false },
    replicas: 2,
    service: { type: 'NodePort' },
    // One sender stands for many tenants here: the limits are tested elsewhere.
    config: { IP_REQUESTS_PER_MINUTE: 0, ACCOUNT_EVENTS_PER_MINUTE: 100_000_000 },
  },
  worker: { image: image('worker'), resources: smallRequests },
  maintainer: { resources: smallRequests },
  keda: { minReplicas: 0, cooldownPeriod: 15 },
};

/** Values of an installation for tests; what is given goes over the rest, map by map. */
export function installValues(...changes: Values[]): Values {
  return changes.reduce(merge, base);
}

function merge(under: Values, over: Values): Values {
  const merged: Values = { ...under };
  for (const [name, value] of Object.entries(over)) {
    const below = merged[name];
    merged[name] = isMap(value) && isMap(below) ? merge(below, value) : value;
  }
  return merged;
}

function isMap(value: Values[string] | undefined): value is Values {
  return typeof value === 'object' && value !== null;
}
