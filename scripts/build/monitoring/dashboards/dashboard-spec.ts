/** One line or value of a panel. */
interface Query {
  expr: string;
  /** Name of the line, with labels as `{{label}}`. */
  legend: string;
}

/** From this value on the panel shows this colour; the first step has no value: it is the ground. */
export interface ThresholdStep {
  from: number | null;
  color: 'green' | 'yellow' | 'orange' | 'red' | 'transparent';
}

/** One panel. All queries show one unit. */
export interface PanelSpec {
  title: string;
  /** Its meaning, and when to act: shown at the panel's corner. */
  description: string;
  kind: 'lines' | 'gauge' | 'stat';
  /** As Grafana names units: `s`, `percentunit`, `short`, `bytes`, `reqps`. */
  unit: string;
  queries: readonly Query[];
  thresholds?: readonly ThresholdStep[];
  min?: number;
  max?: number;
  /** Lines on top of each other instead of each from zero. */
  isStacked?: boolean;
  /** Of the 24 columns; by default a third of the row. */
  columns?: number;
}

/** One dashboard: rows of panels. */
export interface DashboardSpec {
  /** Name of its file, and of its address in Grafana. */
  id: string;
  title: string;
  description: string;
  rows: readonly { title: string; panels: readonly PanelSpec[] }[];
}
