import { join } from 'node:path';
import { chartDir } from '../../lib/chart-paths.ts';
import { autoscalingDashboard } from './autoscaling-dashboard.ts';
import { buildDashboard } from './build-dashboard.ts';
import { sloDashboard } from './slo-dashboard.ts';
import { storageDashboard } from './storage-dashboard.ts';
import { tenantsDashboard } from './tenants-dashboard.ts';

/** Every dashboard, the first one to open first. */
export const dashboards = [sloDashboard, autoscalingDashboard, tenantsDashboard, storageDashboard];

/** Path → text of each dashboard in the chart. */
export function dashboardFiles(): Record<string, string> {
  return Object.fromEntries(
    dashboards.map((spec) => [
      join(chartDir, 'dashboards', `${spec.id}.json`),
      `${JSON.stringify(buildDashboard(spec), null, 2)}\n`,
    ]),
  );
}
