import { wholeSystemBaseline, type WholeSystemOptions } from '../baselines/whole-system.ts';

/** The whole system with 100 events a request, and what differs. */
export const hundred = (options: Omit<WholeSystemOptions, 'eventsPerRequest'>) =>
  wholeSystemBaseline({ ...options, eventsPerRequest: 100 });
