import { wholeSystemYardstick, type WholeSystemOptions } from '../yardsticks/whole-system.ts';

/** The whole system with 100 events a request, and what differs. */
export const hundred = (options: Omit<WholeSystemOptions, 'eventsPerRequest'>) =>
  wholeSystemYardstick({ ...options, eventsPerRequest: 100 });
