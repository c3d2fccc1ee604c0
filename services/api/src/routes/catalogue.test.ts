import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { routes } from './catalogue.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const production = ['services/{api,cli,core,maintainer,worker}/src', 'scripts/build/monitoring'];
const noProduction = /\.test\.ts$|\/testing\/|\/bad-input\//;

test('no two routes share an id, or a method and a path', () => {
  const names = routes.flatMap(({ id, method, path }) => [id, `${method} ${path}`]);
  expect(new Set(names).size).toBe(names.length);
});

test('the path of POST /events stands in its adapter and nowhere else', () => {
  const files = production
    .flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: root }))
    .filter((file) => !noProduction.test(file));
  expect(files.length).toBeGreaterThan(300);
  const named = files.filter((file) =>
    /['"`}]\/events['"`?]/.test(readFileSync(root + file, 'utf8')),
  );
  expect(named.sort()).toEqual([
    // The list in an envelope, as a JSON pointer.
    'services/api/src/ingest/parse-json.ts',
    'services/api/src/routes/send-events.ts',
  ]);
});
