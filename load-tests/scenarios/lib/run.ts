import { pick } from './events.ts';
import { readSettings } from './settings.ts';
import { makeTenants, type Tenant } from './tenants.ts';

// What every part of a run shares; read once in each virtual user.
export const settings = readSettings(__ENV);
export const tenants = makeTenants(settings, open);

/** One of the tenants by chance, evenly. */
export function someTenant(): Tenant {
  return tenantAt(pick(tenants.length));
}

/** The tenant of this number; beyond the last it starts anew. */
export function tenantAt(index: number): Tenant {
  const tenant = tenants[index % tenants.length];
  if (!tenant) throw new Error('There is no tenant.');
  return tenant;
}

/** Headers of a request of this tenant. */
export function headersOf({ key }: Tenant): Record<string, string> {
  return {
    'Content-Type': 'application/json',
    ...(key !== undefined && { Authorization: `Bearer ${key}` }),
  };
}
