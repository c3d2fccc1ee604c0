import { Registry, collectDefaultMetrics } from 'prom-client';

/** A registry of its own per process, so that tests may start several services side by side. */
export function createRegistry(service: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  return registry;
}
