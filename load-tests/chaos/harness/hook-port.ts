/**
 * Where the hooks of a service listen, by its own port: `freePort` gives ports from 20,000 to 29,999, and
 * outgoing connections use higher ones.
 */
export function hookPortOf(servicePort: number): number {
  return servicePort - 10_000;
}
