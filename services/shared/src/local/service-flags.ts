/**
 * What Node is told for api and worker, here and in their Dockerfiles. V8 would let its nursery grow to a size that
 * brings nothing to services whose work is short-lived texts: with 4 MB an event costs the same CPU, and each
 * process holds 120 to 140 MB less (docs/adr/0021-short-lived-bodies.md).
 */
export const serviceFlags: readonly string[] = ['--max-semi-space-size=4'];
