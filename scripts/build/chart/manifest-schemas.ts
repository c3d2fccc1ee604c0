import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { homeDir } from '@event-platform/cli/lib/cache-dir';
import { CliError } from '@event-platform/cli/lib/cli-error';
import { strictCrdSchema } from './crd-schema.ts';
import { runTool } from './run-tool.ts';
import { yamlToJson } from './yaml-to-json.ts';

/** Kept outside the clone, like the tools; everything in here can be made again. */
const cacheDir = join(homeDir(), '.cache/k8s-testbed/schemas');

/** Carries the JSON schemas of Kubernetes' own kinds, for each version since 1.25. */
const schemaPackage = 'kubernetes-validate==1.37.0';

/** Where the definitions of the other kinds come from: module@version → files in it. */
const definitions: Record<string, string[]> = {
  'github.com/kedacore/keda/v2@v2.20.2': [
    'config/crd/bases/keda.sh_scaledobjects.yaml',
    'config/crd/bases/keda.sh_triggerauthentications.yaml',
  ],
  'github.com/prometheus-operator/prometheus-operator@v0.85.0': [
    'example/prometheus-operator-crd/monitoring.coreos.com_podmonitors.yaml',
    'example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml',
  ],
  'sigs.k8s.io/gateway-api@v1.4.0': [
    'config/crd/standard/gateway.networking.k8s.io_httproutes.yaml',
  ],
};

const crdSchema = z.object({
  spec: z.object({
    names: z.object({ kind: z.string() }),
    versions: z.array(
      z.object({ name: z.string(), schema: z.object({ openAPIV3Schema: z.unknown() }) }),
    ),
  }),
});

/** The schema locations that kubeconform tries in turn. Loads missing schemas: some seconds the first time. */
export function schemaLocations(kubernetesVersion: string): string[] {
  const builtIn = builtInSchemas(kubernetesVersion);
  const custom = join(cacheDir, 'custom-1');
  for (const [module, files] of Object.entries(definitions)) {
    for (const file of files) writeCrdSchemas(custom, module, file);
  }
  return [
    join(builtIn, '{{.ResourceKind}}{{.KindSuffix}}.json'),
    join(custom, '{{.ResourceKind}}_{{.ResourceAPIVersion}}.json'),
  ];
}

/** Keeps of the package what this version of Kubernetes needs; 40 MB would be too much of a good thing. */
function builtInSchemas(version: string): string {
  const dir = join(cacheDir, `kubernetes-${version}`);
  if (existsSync(dir)) return dir;
  const work = mkdtempSync(join(tmpdir(), 'event-platform-schemas-'));
  try {
    const folder = `kubernetes_validate/kubernetes-json-schema/v${version}-local-strict`;
    const { ok, said } = runTool('python3', ['-c', extract, loadPackage(), folder, work]);
    if (!ok)
      throw new CliError(`${schemaPackage} has no schemas of Kubernetes ${version}:\n${said}`);
    copySchemas(join(work, folder), `${dir}.new`);
    renameSync(`${dir}.new`, dir);
    return dir;
  } finally {
    rmSync(work, { recursive: true });
  }
}

const extract = `
import sys, zipfile
wheel = zipfile.ZipFile(sys.argv[1])
names = [name for name in wheel.namelist() if name.startswith(sys.argv[2] + '/')]
if not names: sys.exit(sys.argv[2] + ' is not in ' + sys.argv[1])
wheel.extractall(sys.argv[3], names)
`;

/** @returns the path of the wheel */
function loadPackage(): string {
  const dir = join(cacheDir, 'wheels');
  const args = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', dir, schemaPackage];
  const isThere = existsSync(dir) && readdirSync(dir).length > 0;
  if (!isThere) {
    const { ok, said } = runTool('python3', args);
    if (!ok) throw new CliError(`The schemas (PyPI ${schemaPackage}) do not load:\n${said}`);
  }
  return join(dir, readdirSync(dir)[0] ?? '');
}

/** Without their names on the web, and so with references to the file beside them. */
function copySchemas(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    const { $id: _name, ...schema } = JSON.parse(readFileSync(join(from, name), 'utf8')) as Record<
      string,
      unknown
    >;
    const text = JSON.stringify(schema);
    writeFileSync(
      join(to, name),
      text.replaceAll('"/api/_definitions.json#', '"_definitions.json#'),
    );
  }
}

/** A mark for each file: its kinds are complete. */
function writeCrdSchemas(custom: string, module: string, file: string): void {
  const mark = join(custom, 'marks', `${module}/${file}`.replaceAll('/', '!'));
  if (existsSync(mark)) return;
  const { ok, stdout, said } = runTool('go', ['mod', 'download', '-json', module], { cwd: '/' });
  if (!ok) throw new CliError(`The Go module ${module} does not load:\n${said}`);
  const { Dir: dir } = z.object({ Dir: z.string() }).parse(JSON.parse(stdout));
  const { spec } = crdSchema.parse(yamlToJson(readFileSync(join(dir, file), 'utf8')));
  mkdirSync(dirname(mark), { recursive: true });
  for (const version of spec.versions) {
    const name = `${spec.names.kind.toLowerCase()}_${version.name}.json`;
    const strict = strictCrdSchema(version.schema.openAPIV3Schema);
    writeFileSync(join(custom, name), JSON.stringify(strict));
  }
  writeFileSync(mark, '');
}
