/** What one request may hold. Sizes are bytes. */
export interface InputLimits {
  bodyBytes: number;
  inflatedBytes: number;
  eventsPerRequest: number;
  /** JSON values, whatever they are and wherever they stand. */
  valuesPerRequest: number;
  metadataBytes: number;
  metadataDepth: number;
  /** How far ahead of the receiver's clock a timestamp may lie. */
  futureMs: number;
}

export const defaultInputLimits: InputLimits = {
  bodyBytes: 1_000_000,
  inflatedBytes: 10_000_000,
  eventsPerRequest: 1_000,
  valuesPerRequest: 1_000_000,
  metadataBytes: 65_536,
  metadataDepth: 16,
  futureMs: 24 * 60 * 60 * 1000,
};
