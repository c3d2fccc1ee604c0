// Who may import whom: api and worker never meet; database → platform → contracts.
const rule = (name, from, to, comment) => ({ name, comment, severity: 'error', from, to });

module.exports = {
  forbidden: [
    rule('no-circular', {}, { circular: true }, 'A cycle has no first thing to read.'),
    rule('no-orphan-resolution', {}, { couldNotResolve: true }, 'Every import resolves.'),
    rule(
      'api-never-worker',
      { path: '^services/api' },
      { path: '^services/worker' },
      'Two images.',
    ),
    rule(
      'worker-never-api',
      { path: '^services/worker' },
      { path: '^services/api' },
      'Two images.',
    ),
    rule(
      'services-never-scripts',
      { path: '^services' },
      { path: '^(scripts|load-tests)' },
      'Tools know the services; services do not know the tools.',
    ),
    rule(
      'contracts-import-nothing-of-ours',
      { path: '^services/shared/src/contracts', pathNot: '\\.test\\.ts$' },
      { path: '^services/shared/src/(platform|database|queue|local|testing)' },
      'Contracts do no I/O.',
    ),
    rule(
      'platform-imports-contracts-only',
      { path: '^services/shared/src/platform', pathNot: '\\.test\\.ts$' },
      { path: '^services/shared/src/(database|queue|local|testing)' },
      'database → platform → contracts.',
    ),
    rule(
      'database-and-queue-do-not-meet',
      { path: '^services/shared/src/database', pathNot: '\\.test\\.ts$' },
      { path: '^services/shared/src/(queue|local|testing)' },
      'What is stored does not depend on how it arrived.',
    ),
    rule(
      'query-never-ingest',
      { path: '^services/api/src/query' },
      { path: '^services/api/src/ingest' },
      'Reads and writes are apart.',
    ),
    rule(
      'test-helpers-in-tests-only',
      { path: '^services', pathNot: '(\\.test\\.ts$|/testing/|/local/)' },
      { path: '^services/shared/src/(testing|local)' },
      'Production code starts no servers.',
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|coverage|node_modules)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'default'],
      extensions: ['.ts', '.mjs', '.js'],
    },
  },
};
