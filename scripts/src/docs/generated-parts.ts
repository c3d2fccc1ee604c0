import { apiVariables } from '../../../services/api/src/config.ts';
import { workerVariables } from '../../../services/worker/src/config.ts';
import { sloParts } from '../slo/tables.ts';
import { configTable } from './config-table.ts';
import { eventErrorTable, requestErrorTable } from './error-tables.ts';
import { retryTable } from './retry-table.ts';

/** Document → name of the part → its text. */
export function generatedParts(): Record<string, Record<string, string>> {
  return {
    'docs/contract.md': {
      'request-errors': requestErrorTable(),
      'event-errors': eventErrorTable(),
    },
    'docs/configuration.md': {
      configuration: configTable({ api: apiVariables, worker: workerVariables }),
    },
    'docs/failure-modes.md': { 'retry-policy': retryTable() },
    ...sloParts(),
  };
}
