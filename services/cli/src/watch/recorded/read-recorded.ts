import { readFileSync } from 'node:fs';
import type { WatchedKind } from '../model/objects.ts';
import { emptyState, applyChange, type Change, type ReleaseState } from '../model/release-state.ts';
import type { TimelineEvent } from '../model/sample.ts';

/** The clock of a replay, for what the cluster does not time. */
export const replayedAt = '2026-11-23T12:00:00.000Z';

/** One recorded answer of the API server. */
export interface RecordedChange {
  kind: WatchedKind;
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  object: { metadata: { name: string } };
}

/** For tests: the text of a file of this folder. */
export function readRecordedText(file: string): string {
  return readFileSync(new URL(file, import.meta.url), 'utf8');
}

/** For tests: the recorded answers, in order. */
export function readRecorded(file: string): RecordedChange[] {
  return readRecordedText(file)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as RecordedChange);
}

/** As `applyChange` takes it. */
function toChange({ kind, type, object }: RecordedChange): Change {
  const isGone = type === 'DELETED';
  return { kind, name: object.metadata.name, object: isGone ? undefined : object } as Change;
}

/** Applies a whole recording; `onStep` sees each state on the way. */
export function replay(
  file: string,
  onStep: (state: ReleaseState) => void = () => undefined,
): { state: ReleaseState; events: TimelineEvent[] } {
  const events: TimelineEvent[] = [];
  let state = emptyState;
  for (const change of readRecorded(file)) {
    const applied = applyChange(state, toChange(change), { release: 'dev', now: replayedAt });
    state = applied.state;
    events.push(...applied.events);
    onStep(state);
  }
  return { state, events };
}
