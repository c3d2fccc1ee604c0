import { Counter, Gauge, type Registry } from 'prom-client';
import type { FairShare } from '../http/fair-share.ts';

/** Registers what is known of the memory that bodies take; read at scrape time. */
export function registerBodyMetrics(registry: Registry, bodies: FairShare): void {
  const registers = [registry];
  new Gauge({
    name: 'body_bytes_in_flight',
    help: 'Bytes of bodies, on the wire and inflated, that are being worked on.',
    registers,
    collect() {
      this.set(bodies.used);
    },
  });
  let counted = 0;
  new Counter({
    name: 'body_refusals_total',
    help: 'Requests refused with bodies_in_flight: the memory for bodies, or the share of their sender, was used up.',
    registers,
    collect() {
      this.inc(bodies.refusals - counted);
      counted = bodies.refusals;
    },
  });
}
