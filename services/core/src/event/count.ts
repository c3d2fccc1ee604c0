/** How many events fall on an account and a minute. */
export interface Count {
  accountId: string;
  /** In minutes since 1970: of the timestamps in roll-ups, of the receipt in the ledger. */
  minute: number;
  events: number;
}

/** The same by type: what the roll-up grows by when the events are stored. */
export interface TypeCount extends Count {
  type: string;
}

/** What one api process handed to the queue, by one of the two sources of accepted counts. */
export interface SourceCount extends Count {
  process: string;
}
