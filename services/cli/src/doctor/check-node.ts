import { finding, type Finding } from './finding.ts';

const leastMajor = 24;

/** Checks the version of Node.js that runs this command, such as `24.21.0`. */
export function checkNode(version: string): Finding {
  return finding(
    'node version',
    Number(version.split('.')[0]) >= leastMajor ? 'ok' : 'fail',
    version,
    `use Node.js ${leastMajor} or later: \`npm ci\` puts one into node_modules/.bin`,
  );
}
