import { apiVariables } from '@event-platform/api/config/config';
import { createOpenApiDocument } from '@event-platform/api/ops/openapi';
import { maintainerVariables } from '@event-platform/maintainer/config/config';
import { workerVariables } from '@event-platform/worker/config/config';
import { sloParts } from '../monitoring/tables.ts';
import { backgroundTaskTable } from './background-task-table.ts';
import { configTable } from './config-table.ts';
import { eventErrorTable, requestErrorTable } from './error-tables.ts';
import { retryTable } from './retry-table.ts';
import { targetsTable } from './targets-table.ts';
import { migrationTable, versionTable } from './upgrade-tables.ts';

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
    'docs/upgrades.md': { versions: versionTable(), migrations: migrationTable() },
    ...sloParts(),
  };
}

/** Documents that are generated as a whole: path → text. */
export function generatedDocuments(): Record<string, string> {
  return { 'docs/openapi.json': `${JSON.stringify(createOpenApiDocument(), null, 2)}\n` };
}
