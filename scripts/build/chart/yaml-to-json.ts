import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CliError } from '@event-platform/cli/lib/cli-error';
import { runTool } from './run-tool.ts';

/**
 * Parses one YAML document by Helm, which is needed here anyway, so that no parser has to be.
 *
 * @throws CliError when it is not YAML
 */
export function yamlToJson(yaml: string): unknown {
  const chart = mkdtempSync(join(tmpdir(), 'event-platform-yaml-'));
  try {
    mkdirSync(join(chart, 'templates'));
    writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: yaml\nversion: 0.0.0\n');
    writeFileSync(join(chart, 'document'), yaml);
    const template = 'json: {{ .Files.Get "document" | fromYaml | toJson | quote }}\n';
    writeFileSync(join(chart, 'templates/json.yaml'), template);
    const { ok, stdout, said } = runTool('helm', ['template', chart]);
    const text = /^json: (".*")$/m.exec(stdout)?.[1];
    if (!ok || text === undefined) throw new CliError(`Not YAML:\n${said}`);
    return JSON.parse(JSON.parse(text) as string);
  } finally {
    rmSync(chart, { recursive: true });
  }
}
