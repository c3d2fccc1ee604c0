/** Connections of a maintainer to each shard: the ledger, the user roll-ups, and one for all else. */
export const connectionsPerShard = 3;
