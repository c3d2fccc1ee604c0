// Which room may import which: core ← api, worker, maintainer ← cli; the test kit is for tests, scripts and load tests.
const rule = (name, from, to, comment) => ({ name, comment, severity: 'error', from, to });
const core = '^services/core/src';
const notTests = '(\\.test\\.ts$|/testing/)';

module.exports = {
  forbidden: [
    rule('no-circular', {}, { circular: true }, 'A circle has no first file to read.'),
    rule('no-orphan-resolution', {}, { couldNotResolve: true }, 'Every import resolves.'),
    rule(
      'through-package-exports',
      { path: '^(services/[^/]+|scripts|load-tests)/' },
      {
        path: '^(services/[^/]+|scripts|load-tests)/',
        pathNot: '^$1/',
        dependencyTypes: ['local'],
      },
      'Packages import each other by name.',
    ),
    rule(
      'services-never-each-other',
      { path: '^services/(api|worker|maintainer)/' },
      { path: '^services/(api|worker|maintainer)/', pathNot: '^services/$1/' },
      'Three processes: what two of them need is in core.',
    ),
    rule(
      'core-imports-no-other-room',
      { path: core, pathNot: notTests },
      { path: '^(services/(api|worker|maintainer|cli|testkit)|scripts|load-tests)/' },
      'Core is below all other rooms.',
    ),
    rule(
      'services-never-cli',
      { path: '^services/(api|worker|maintainer)/', pathNot: notTests },
      { path: '^services/(cli|testkit)/' },
      'A service needs no command line and no test kit.',
    ),
    rule(
      'cli-never-testkit',
      { path: '^services/cli/', pathNot: notTests },
      { path: '^services/testkit/' },
      'The shipped command line starts no servers.',
    ),
    rule(
      'services-never-scripts',
      { path: '^services', pathNot: notTests },
      { path: '^(scripts|load-tests)' },
      'Tools use the services; services use no tools.',
    ),
    rule(
      'scripts-never-load-tests',
      { path: '^scripts' },
      { path: '^load-tests' },
      'Load tests build on scripts.',
    ),
    rule(
      'event-imports-no-other-folder',
      { path: `${core}/event`, pathNot: '\\.test\\.ts$' },
      { path: `${core}/(?!event)` },
      'The definition of an event does no I/O.',
    ),
    rule(
      'platform-imports-no-domain',
      { path: `${core}/platform`, pathNot: '\\.test\\.ts$' },
      { path: `${core}/(storage|queue)` },
      'storage, queue → platform → event.',
    ),
    rule(
      'storage-never-queue',
      { path: `${core}/storage`, pathNot: '\\.test\\.ts$' },
      { path: `${core}/queue` },
      'Storage does not depend on the way in which events arrive.',
    ),
    rule(
      'query-never-ingest',
      { path: '^services/api/src/query' },
      { path: '^services/api/src/ingest' },
      'Reads do not depend on writes.',
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
