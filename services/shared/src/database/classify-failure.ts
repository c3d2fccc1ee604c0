/**
 * What a failed write means:
 * - `data`: an event in the batch is at fault; the same bytes will fail for ever → bisect
 * - `transient`: the batch met others (deadlock, serialisation, timeout) → again at once
 * - `unavailable`: PostgreSQL is not there or not ready → again later; never the events' fault
 */
export type FailureClass = 'data' | 'transient' | 'unavailable';

/** Classes of SQLSTATE that lie with the data: 22 data exception, 23 constraint, 54 program limit. */
const dataClasses = new Set(['22', '23', '54']);

/** Serialisation failure, deadlock, lock not available, statement cancelled by its timeout. */
const transientStates = new Set(['40001', '40P01', '55P03', '57014']);

/**
 * Sorts an error of node-postgres by its SQLSTATE. Whatever is not known to be the data's fault
 * counts as `unavailable`, since retrying a poison is cheap and dropping a good event is not.
 */
export function classifyFailure(error: unknown): FailureClass {
  const state = sqlstateOf(error);
  if (state === undefined) return 'unavailable';
  if (transientStates.has(state)) return 'transient';
  if (dataClasses.has(state.slice(0, 2))) return 'data';
  return 'unavailable';
}

/** The five characters of SQLSTATE, or undefined for errors of the network and the client. */
export function sqlstateOf(error: unknown): string | undefined {
  const code: unknown = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}
