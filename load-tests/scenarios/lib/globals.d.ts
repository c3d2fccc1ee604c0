// Globals of k6 that its types do not know.
declare const crypto: { randomUUID: () => string };
declare const console: { warn: (message: string) => void };
