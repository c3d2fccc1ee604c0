/** A straight line through points, by least squares. */
export interface Line {
  slope: number;
  /** Of the slope, as far as the points lie off the line; 0 for fewer than three. */
  standardError: number;
}

/**
 * Fits a line. Pure.
 *
 * @param points x and y; the slope is in units of y for one of x. Without two different x it is 0
 */
export function fitLine(points: readonly (readonly [x: number, y: number])[]): Line {
  const count = points.length;
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / count;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / count;
  const spreadX = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  if (count < 2 || spreadX === 0) return { slope: 0, standardError: 0 };
  const slope = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / spreadX;
  if (count < 3) return { slope, standardError: 0 };
  const residual = points.reduce((sum, [x, y]) => sum + (y - meanY - slope * (x - meanX)) ** 2, 0);
  return { slope, standardError: Math.sqrt(residual / (count - 2) / spreadX) };
}
