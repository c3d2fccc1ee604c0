import { apiVariables } from '@event-platform/api/config/config';
import { maintainerVariables } from '@event-platform/maintainer/config/config';
import { workerVariables } from '@event-platform/worker/config/config';
import { sloParts } from '../monitoring/tables.ts';
import { backgroundTaskTable } from './background-task-table.ts';
import { configTable } from './config-table.ts';
import { eventErrorTable, requestErrorTable } from './error-tables.ts';
import { retryTable } from './retry-table.ts';
import { targetsTable } from './targets-table.ts';

/** Document → name of the part → its text. */
export function generatedParts(): Record<string, Record<string, string>> {
  return {
    'docs/contract.md': {
      'request-errors': requestErrorTable(),
      'event-errors': eventErrorTable(),
    },
    'docs/configuration.md': {
      configuration: configTable({
        api: apiVariables,
        worker: workerVariables,
        maintainer: maintainerVariables,
      }),
    },
    'docs/failure-modes.md': { 'retry-policy': retryTable() },
    'docs/operations.md': { 'background-tasks': backgroundTaskTable() },
    'docs/performance.md': { targets: targetsTable() },
    ...sloParts(),
  };
}
