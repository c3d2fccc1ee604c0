// The second version of the schema, which is preferred, is read by Grafana 12 and later only.
/* eslint-disable @typescript-eslint/no-deprecated */
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  GraphThresholdsStyleMode,
  StackingMode,
  type DataSourceRef,
} from '@grafana/grafana-foundation-sdk/common';
import {
  GraphThresholdsStyleConfigBuilder,
  ReduceDataOptionsBuilder,
  StackingConfigBuilder,
  VizLegendOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  VariableRefresh,
  type Dashboard,
  type Panel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as GaugeBuilder } from '@grafana/grafana-foundation-sdk/gauge';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as LinesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import type { DashboardSpec, PanelSpec, ThresholdStep } from './dashboard-spec.ts';

const datasource: DataSourceRef = { type: 'prometheus', uid: '$datasource' };

/** A dashboard as Grafana reads it. Prometheus and namespace are chosen at its top. */
export function buildDashboard({ id: name, title, description, rows }: DashboardSpec): Dashboard {
  const builder = new DashboardBuilder(title)
    .uid(`event-platform-${name}`)
    .description(description)
    .tags(['event-platform'])
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: 'now-6h', to: 'now' })
    .refresh('30s')
    .timezone('browser')
    .withVariable(
      new DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus'),
    )
    .withVariable(
      new QueryVariableBuilder('namespace')
        .label('Namespace')
        .datasource(datasource)
        .query('label_values(process_start_time_seconds{service="api"}, namespace)')
        .refresh(VariableRefresh.OnTimeRangeChanged)
        .includeAll(true)
        // Series of a Prometheus outside Kubernetes have no such label, and match too.
        .allValue('.*')
        .current({ text: 'All', value: '$__all' }),
    );
  // Given here, so that links to a panel stay the same from one Grafana to the next.
  let id = 0;
  for (const row of rows) {
    builder.withRow(new RowBuilder(row.title).id(++id));
    for (const panel of row.panels) builder.withPanel(buildPanel(panel, ++id));
  }
  return builder.build();
}

function buildPanel(spec: PanelSpec, id: number): Builder<Panel> {
  const { kind, queries, thresholds = [{ from: null, color: 'green' }] } = spec;
  const panel = builderOf(spec)
    .id(id)
    .title(spec.title)
    .description(spec.description)
    .datasource(datasource)
    .unit(spec.unit)
    .span(spec.columns ?? 8)
    .height(8)
    .thresholds(
      new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(stepsOf(thresholds)),
    );
  if (spec.min !== undefined) panel.min(spec.min);
  if (spec.max !== undefined) panel.max(spec.max);
  for (const [index, { expr, legend }] of queries.entries()) {
    const query = new DataqueryBuilder()
      .refId(String.fromCodePoint('A'.charCodeAt(0) + index))
      .expr(expr)
      .legendFormat(legend)
      .datasource(datasource);
    panel.withTarget(kind === 'lines' ? query.range() : query.instant());
  }
  return panel;
}

function builderOf({ kind, isStacked = false, thresholds }: PanelSpec) {
  if (kind === 'gauge') return new GaugeBuilder().reduceOptions(lastValue());
  if (kind === 'stat') return new StatBuilder().reduceOptions(lastValue());
  const lines = new LinesBuilder()
    .fillOpacity(isStacked ? 40 : 8)
    .legend(new VizLegendOptionsBuilder().showLegend(true));
  if (isStacked) lines.stacking(new StackingConfigBuilder().mode(StackingMode.Normal));
  if (thresholds) {
    lines.thresholdsStyle(
      new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed),
    );
  }
  return lines;
}

function lastValue(): ReduceDataOptionsBuilder {
  return new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false);
}

function stepsOf(steps: readonly ThresholdStep[]) {
  return steps.map(({ from, color }) => ({ value: from, color }));
}
