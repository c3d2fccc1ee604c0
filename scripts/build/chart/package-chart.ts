import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseDocument } from 'yaml';
import { chartDir } from '../lib/chart-paths.ts';
import { runTool } from './run-tool.ts';
import { CliError } from '@event-platform/cli/lib/cli-error';
import { completeMetadata, type Publication } from './chart-metadata.ts';
import { readChartMetadata } from './read-chart-metadata.ts';

/**
 * Packages the chart as it is published: its images have the registry's names, so that it installs without a value
 * for them. The chart in the repository stays as it is.
 *
 * @param registry registry and path that hold the images, such as registry.example.com/team
 * @param outDir where the package goes; made when it is not there
 * @returns the path of the package
 * @throws CliError when helm is missing or refuses
 */
export function packageChart(registry: string, outDir: string, publication: Publication): string {
  const work = mkdtempSync(join(tmpdir(), 'ep-chart-'));
  try {
    const copy = join(work, basename(chartDir));
    cpSync(chartDir, copy, { recursive: true });
    edit(join(copy, 'values.yaml'), (text) => {
      const values = parseDocument(text);
      values.setIn(['image', 'registry'], registry);
      return values.toString({ lineWidth: 0, singleQuote: true });
    });
    edit(join(copy, 'Chart.yaml'), (text) =>
      completeMetadata(text, readChartMetadata(registry), publication),
    );
    mkdirSync(outDir, { recursive: true });
    const { ok, stdout, said } = runTool('helm', ['package', copy, '--destination', outDir]);
    const path = /saved it to: (\S+)/.exec(stdout)?.[1];
    if (!ok || path === undefined) throw new CliError(`helm package failed:\n${said}`);
    return path;
  } finally {
    rmSync(work, { recursive: true });
  }
}

function edit(path: string, change: (text: string) => string): void {
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}
