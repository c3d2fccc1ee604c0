/** The ids that a path can hold, for schemas. */
export const pathIdPattern = String.raw`^(?!\.{1,2}$)`;

/**
 * Whether a text cannot be a segment of a path: clients resolve `.` and `..` before they send, also as %2e.
 * Source: WHATWG URL, "single-dot" and "double-dot URL path segment".
 */
export function isDotSegment(id: string): boolean {
  return id === '.' || id === '..';
}
