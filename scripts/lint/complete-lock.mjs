// Adds to package-lock.json an entry for each optional platform package that npm left out because
// the registry at hand does not serve it: without them `npm ci` refuses the lock ("Missing: … from
// lock file"). Run by `npm run lock` after a change of dependencies.
import { readFileSync, writeFileSync } from 'node:fs';

const file = process.argv[2];
const lock = JSON.parse(readFileSync(file, 'utf8'));
const { packages } = lock;
const systems = /(android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|aix|win32|windows)/;
const processors = /(arm64|arm|x64|ia32|ppc64|riscv64|s390x|loong64|mips64el|wasm32)/;
let added = 0;

for (const [path, entry] of Object.entries(packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (packages[`${path}/node_modules/${name}`] || packages[`node_modules/${name}`]) continue;
    const platform = name.split('/').at(-1);
    const os = systems.exec(platform)?.[1]?.replace('windows', 'win32');
    const cpu = processors.exec(platform)?.[1];
    if (!os || !cpu || !/^\d/.test(version)) continue;
    const dev = entry.dev && { dev: true };
    packages[`node_modules/${name}`] = { version, cpu: [cpu], ...dev, optional: true, os: [os] };
    added++;
  }
}

const byPath = ([a], [b]) => a.localeCompare(b, 'en');
lock.packages = Object.fromEntries(Object.entries(packages).sort(byPath));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`package-lock.json: ${added} platform packages added`);
