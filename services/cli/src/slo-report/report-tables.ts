import { durability } from '../slo/objectives.ts';
import type { Report, ReportRow } from './report.ts';
import {
  actualText,
  alertText,
  budgetHealth,
  budgetUsed,
  causeText,
  clockText,
  countText,
  durationText,
  lostStatus,
  lostText,
  lostTrendText,
  objectiveText,
  shareText,
  statusOf,
  timeText,
  trendText,
} from './wording.ts';

/** A table of texts; both kinds of reports lay it out. */
export interface ReportTable {
  title: string;
  header: readonly string[];
  rows: readonly (readonly string[])[];
  /** Instead of a table without rows. */
  empty: string;
}

/** The tables of a report, the most important first. */
export function reportTables(report: Report): ReportTable[] {
  return [
    objectives(report),
    budgets(report),
    incidents(report),
    others(report),
    classes(report),
    events(report),
  ];
}

function objectives({ rows, lost }: Report): ReportTable {
  return {
    title: 'Objectives',
    header: ['Endpoint', 'Metric', 'Target', 'Actual', 'Status', 'Period before', 'Trend'],
    empty: '',
    rows: [
      ...rows.map((row) => [
        row.objective.endpoint,
        row.objective.title,
        row.objective.objective,
        actualText(row.objective, row.now),
        statusOf(row),
        actualText(row.objective, row.before),
        trendText(row),
      ]),
      [
        durability.endpoint,
        durability.title,
        durability.objective,
        lostText(lost.now),
        lostStatus(lost),
        lostText(lost.before),
        lostTrendText(lost),
      ],
    ],
  };
}

function budgets(report: Report): ReportTable {
  return {
    title: 'Error budgets',
    header: ['Objective', 'Counted', 'Failed', 'Used in this period', 'Left now', 'Status'],
    empty: '',
    rows: report.rows.map((row) => [
      objectiveText(row.objective),
      row.now === undefined ? '–' : `${countText(row.now.valid)} ${row.objective.unit}`,
      countText(row.now?.bad),
      shareText(budgetUsed(row, report)),
      budgetLeftText(row),
      budgetHealth(row.budgetLeft),
    ]),
  };
}

function incidents({ incidents: found }: Report): ReportTable {
  return {
    title: 'Incidents',
    header: ['When', 'Lasted', 'Objectives missed', 'Reported by', 'Cause'],
    empty: 'None: no objective was missed for long enough to count ten failures.',
    rows: found.map((incident) => [
      `${timeText(incident.from)} – ${clockText(incident.to)}`,
      durationText(incident.to - incident.from),
      incident.breaches
        .map(
          ({ slo, from, to, bad, worstBurnRate }) =>
            `${slo}: ${durationText(to - from)}, ${countText(bad)} failed, burn rate up to ${countText(worstBurnRate)}`,
        )
        .join('\n'),
      incident.alerts.map((alert) => alertText(alert, incident.from)).join('\n') || 'no alert',
      causeText(incident),
    ]),
  };
}

function others({ otherAlerts }: Report): ReportTable {
  return {
    title: 'Other alerts',
    header: ['Alert', 'From', 'Until'],
    empty: 'None.',
    rows: otherAlerts.map(({ name, slo, from, to }) => [
      slo === undefined ? name : `${name} (${slo})`,
      timeText(from),
      timeText(to),
    ]),
  };
}

/** The classes in the order of how many accounts they have. */
const classOrder = ['standard', 'raised', 'lowered', 'none'];

/** One column for each class of which anything was counted. */
function classes({ rows, classes: found }: Report): ReportTable {
  const present = classOrder.filter((name) =>
    found.some(({ accountClass }) => accountClass === name),
  );
  const cell = (slo: string, name: string) => {
    const actual = found.find((one) => one.slo === slo && one.accountClass === name);
    if (actual === undefined) return '–';
    return `${shareText(1 - actual.bad / actual.valid)} of ${countText(actual.valid)}`;
  };
  return {
    title: 'Good, by class of account',
    header: ['Objective', ...present.map((name) => (name === 'none' ? 'no account' : name))],
    empty: 'Nothing was counted.',
    rows:
      present.length === 0
        ? []
        : rows.map(({ objective }) => [
            objectiveText(objective),
            ...present.map((name) => cell(objective.id, name)),
          ]),
  };
}

function events({ events: counts, from, to, coverage }: Report): ReportTable {
  const { accepted } = counts;
  // Nothing was counted while nothing was recorded.
  const rate =
    accepted === undefined ? '' : ` (${(accepted / ((to - from) * coverage)).toFixed(1)} a second)`;
  return {
    title: 'Events',
    header: ['What', 'Actual'],
    empty: '',
    rows: [
      ['Accepted', `${countText(accepted)}${rate}`],
      ['Stored for the first time', countText(counts.stored)],
      ['Stored before', countText(counts.duplicate)],
      ['Dead letters', countText(counts.dead)],
    ],
  };
}

function budgetLeftText({ budgetLeft, objective }: ReportRow): string {
  if (budgetLeft === undefined) return '–';
  const period = objective.periodDays === 1 ? '24 hours' : `${objective.periodDays} days`;
  return `${shareText(budgetLeft)} of ${period}`;
}
