import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageChart } from './package-chart.ts';
import { kubeVersion } from './render.ts';
import { runTool } from './run-tool.ts';

const registry = 'registry.example.com/team';

/**
 * Packages the chart for a registry, and installs it as its first user would: without a value for the images.
 *
 * @returns what is wrong; undefined when nothing is
 */
export function packageFault(): string | undefined {
  const dir = mkdtempSync(join(tmpdir(), 'ep-package-'));
  try {
    const path = packageChart(registry, dir, { sourceUrl: 'https://example.com/event-platform' });
    const values = ['--kube-version', kubeVersion, '--set', 'evaluation.enabled=true'];
    const lint = runTool('helm', ['lint', '--strict', ...values, path]);
    if (!lint.ok) return lint.said;
    const { ok, stdout, said } = runTool('helm', ['template', 'ep', path, ...values]);
    if (!ok) return said;
    const missing = ['api', 'worker']
      .map((name) => `image: ${registry}/event-platform-${name}:`)
      .filter((image) => !stdout.includes(image));
    return missing.length === 0 ? undefined : `its render has no ${missing.join(' and ')}`;
  } finally {
    rmSync(dir, { recursive: true });
  }
}
