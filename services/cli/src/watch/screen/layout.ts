import { formatCount } from '../../lib/table.ts';
import type { ScalerView } from '../model/view-scalers.ts';
import type { Replicas, TimelineSample } from '../model/sample.ts';
import { eventLines } from './event-lines.ts';
import { clockTime, countOrDash, duration } from './formats.ts';
import { cut, seg, spread, type Line, type Segment } from './segments.ts';
import { sparkline } from './sparkline.ts';
import type { View } from './view.ts';

const blank: Line = [];
const labelWidth = 9;
/** Below this height the blank lines go, so that events keep some room. */
const airyHeight = 22;

/**
 * Lays the view out for a terminal: the most important part is at the top and always shown, the
 * events take the rest.
 *
 * @returns at most `height` lines of at most `width` characters
 */
export function layout(view: View, width: number, height: number): Line[] {
  const now = view.history.at(-1);
  const gap = height >= airyHeight ? [blank] : [];
  const head: Line[] = [
    header(view, now, width),
    ...gap,
    ...replicaLines(view, now, width),
    ...gap,
    ...queueLines(view.history, now, width),
    ...gap,
    ...scalerLines(view),
    ...view.missing.map((missingPart): Line => [seg('! ', 'warn'), seg(missingPart, 'warn')]),
    ...gap,
  ];
  const title: Line = [seg('EVENTS', 'strong'), seg('   q ends', 'faint')];
  const events = eventLines(view.events, height - head.length - 1);
  return [...head, title, ...events].slice(0, height).map((line) => cut(line, width));
}

function header(view: View, now: TimelineSample | undefined, width: number): Line {
  const recording = view.recordingTo === undefined ? [] : [seg('● ', 'bad'), seg('recording  ')];
  return spread(
    [
      seg(view.release, 'strong'),
      seg(`  namespace ${view.namespace}  context ${view.context}`, 'faint'),
    ],
    [...recording, seg(now ? clockTime(now.time) : '', 'strong')],
    width,
  );
}

function replicaLines(view: View, now: TimelineSample | undefined, width: number): Line[] {
  const title = ['REPLICAS'.padEnd(labelWidth), 'wanted', 'ready', 'starting', 'ending', 'range'];
  const rows: [string, Replicas | null | undefined, (sample: TimelineSample) => number | null][] = [
    ['worker', now?.workers, ({ workers }) => workers && workers.ready],
    ['api', now?.api, ({ api }) => api && api.ready],
  ];
  const columns = title.slice(1).map((column) => Math.max(column.length, 6));
  const head = [
    seg(title[0] ?? '', 'strong'),
    seg(
      columns.map((size, index) => `  ${(title[index + 1] ?? '').padStart(size)}`).join(''),
      'faint',
    ),
    seg('   ready, of late', 'faint'),
  ];
  const used = labelWidth + columns.reduce((sum, size) => sum + size + 2, 0) + 3;
  const lines = rows.map(([name, replicas, readyOf]): Line => {
    const range = rangeOf(view.scalers, name);
    const cells = [replicas?.wanted, replicas?.ready, replicas?.starting, replicas?.ending];
    const written = cells.map(
      (cell, index) => `  ${countOrDash(cell).padStart(columns[index] ?? 0)}`,
    );
    const isShort = replicas && replicas.ready < replicas.wanted;
    return [
      seg(name.padEnd(labelWidth)),
      seg(written[0] ?? ''),
      seg(written[1] ?? '', isShort ? 'warn' : 'good'),
      seg(written.slice(2).join('')),
      seg(`  ${range.padStart(columns[4] ?? 0)}   `, 'faint'),
      seg(
        sparkline(
          view.history.map(readyOf),
          Math.min(60, Math.max(0, width - used)),
          mostOf(view.scalers, name),
        ),
        'good',
      ),
    ];
  });
  return [head, ...lines];
}

function rangeOf(scalers: readonly ScalerView[], component: string): string {
  const scaler = scalers.find((one) => one.component === component);
  return scaler ? `${scaler.min}–${scaler.max}` : 'fixed';
}

/** The value of a full bar, so that the bars show the distance to the maximum. */
function mostOf(scalers: readonly ScalerView[], component: string): number | undefined {
  return scalers.find((one) => one.component === component)?.max;
}

function queueLines(
  history: readonly TimelineSample[],
  now: TimelineSample | undefined,
  width: number,
): Line[] {
  const queue = now?.queue;
  const states = ['waiting', 'prioritized', 'active', 'delayed', 'failed'] as const;
  const backlog = history.map(({ queue: one }) => one && one.waiting + one.prioritized);
  const room = Math.min(120, Math.max(10, width - labelWidth - 16));
  const most = Math.max(0, ...backlog.slice(-room).map((jobs) => jobs ?? 0));
  const failedProbe = (queue?.failed ?? 0) > 0 ? 'bad' : 'plain';
  return [
    [
      seg('QUEUE'.padEnd(labelWidth), 'strong'),
      ...states.flatMap((state): Segment[] => [
        seg(`  ${state} `, 'faint'),
        seg(countOrDash(queue?.[state]), state === 'failed' ? failedProbe : 'strong'),
      ]),
    ],
    [
      seg('backlog'.padEnd(labelWidth + 2)),
      seg(sparkline(backlog, room), 'warn'),
      seg(` max ${formatCount(most)}`, 'faint'),
    ],
    [
      seg('oldest'.padEnd(labelWidth + 2)),
      seg(duration(queue?.oldestAgeS), 'strong'),
      seg('   pending events ', 'faint'),
      seg(countOrDash(queue?.pendingEvents)),
    ],
    [
      seg('events'.padEnd(labelWidth + 2)),
      seg('in ', 'faint'),
      seg(`${countOrDash(now?.inPerS)}/s`, 'strong'),
      seg('   out ', 'faint'),
      seg(`${countOrDash(now?.outPerS)}/s`, 'strong'),
      seg('   dead letters ', 'faint'),
      seg(countOrDash(now?.dead), (now?.dead ?? 0) > 0 ? 'bad' : 'strong'),
      seg('  duplicates ', 'faint'),
      seg(countOrDash(now?.duplicates)),
    ],
  ];
}

/** Of a condition; one that is ok is shown by what it says. */
const styleOf = { ok: undefined, warning: 'warn', error: 'bad' } as const;

function scalerLines({ scalers }: View): Line[] {
  const title = seg('SCALING'.padEnd(labelWidth), 'strong');
  if (scalers.length === 0) return [[title, seg('  nothing scales this release', 'faint')]];
  const lines = scalers.map((scaler): Line => [
    seg(`${scaler.kind} ${scaler.component}`.padEnd(21)),
    ...(scaler.desired === undefined ? [] : [seg(`asks for ${scaler.desired}  `, 'strong')]),
    ...scaler.conditions.flatMap(({ type, isTrue, level, reason }): Segment[] => {
      const style = styleOf[level] ?? (isTrue ? 'good' : 'faint');
      const why = level === 'ok' ? '' : ` (${reason})`;
      return [seg(`${isTrue ? '✓' : '–'} ${type}${why}  `, style)];
    }),
  ]);
  return [[title], ...lines];
}
