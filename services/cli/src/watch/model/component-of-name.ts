/** The chart's part in the name of an object: `worker` of `ep-event-platform-worker-77c4dcdcb9-24n7q`. */
export function componentOfName(name: string): string {
  const parts = /(?:^|-)(api|worker|maintainer|migrate|replay|redis|postgres|test)(?=-|$)/g;
  return [...name.matchAll(parts)].at(-1)?.[1] ?? name;
}
