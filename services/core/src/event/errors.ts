/**
 * The one catalogue of what can go wrong. `requestErrors` end a request (RFC 9457 problem+json);
 * `eventErrors` reject one event inside a request that may otherwise succeed; `warnings` reject nothing.
 * docs/contract.md is generated from them, so a code without a sentence cannot exist.
 */
interface RequestErrorEntry {
  status: number;
  /** True when the same request may succeed later, unchanged. */
  retryable: boolean;
  title: string;
}

export const requestErrors = {
  body_empty: { status: 400, retryable: false, title: 'The body holds no event' },
  json_invalid: { status: 400, retryable: false, title: 'The body is not valid JSON' },
  encoding_invalid: { status: 400, retryable: false, title: 'The body is not valid UTF-8' },
  compression_invalid: { status: 400, retryable: false, title: 'The gzip stream is damaged' },
  envelope_invalid: {
    status: 400,
    retryable: false,
    title: 'Send an event object, an array of events, or {"events":[…]}',
  },
  all_rejected: { status: 400, retryable: false, title: 'No event in the request is acceptable' },
  atomic_rejected: {
    status: 400,
    retryable: false,
    title: 'atomic=true and at least one event is not acceptable, so none was taken',
  },
  atomic_accounts: {
    status: 400,
    retryable: false,
    title: 'atomic=true takes the events of one account only',
  },
  parameter_invalid: { status: 400, retryable: false, title: 'A parameter is not acceptable' },
  request_aborted: { status: 400, retryable: true, title: 'The body ended before it was complete' },
  request_malformed: { status: 400, retryable: false, title: 'The request is malformed' },
  key_missing: { status: 401, retryable: false, title: 'Send an API key: Authorization: Bearer …' },
  key_invalid: { status: 401, retryable: false, title: 'The API key is unknown or revoked' },
  scope_missing: {
    status: 403,
    retryable: false,
    title: 'The API key does not have the scope for this',
  },
  account_mismatch: {
    status: 403,
    retryable: false,
    title: 'The API key belongs to another account than the events',
  },
  not_found: { status: 404, retryable: false, title: 'There is nothing here' },
  method_not_allowed: { status: 405, retryable: false, title: 'The method does not fit this path' },
  request_timeout: { status: 408, retryable: true, title: 'The body did not arrive in time' },
  body_too_large: { status: 413, retryable: false, title: 'The body is larger than allowed' },
  inflated_too_large: {
    status: 413,
    retryable: false,
    title: 'The body is larger than allowed once decompressed',
  },
  too_many_events: { status: 413, retryable: false, title: 'The request holds too many events' },
  too_many_values: {
    status: 413,
    retryable: false,
    title: 'The request holds too many JSON values',
  },
  too_many_lines: {
    status: 413,
    retryable: false,
    title: 'The request holds too many lines, blank ones included',
  },
  cost_above_limit: {
    status: 413,
    retryable: false,
    title: 'The request holds more events than the account may send in a whole window',
  },
  media_type_unsupported: {
    status: 415,
    retryable: false,
    title: 'Send application/json or application/x-ndjson, in UTF-8',
  },
  content_encoding_unsupported: {
    status: 415,
    retryable: false,
    title: 'Send the body plain or with Content-Encoding: gzip',
  },
  expectation_failed: {
    status: 417,
    retryable: false,
    title: 'The only expectation that is met is 100-continue',
  },
  headers_too_large: {
    status: 431,
    retryable: false,
    title: 'The headers are larger than allowed',
  },
  ip_limit: { status: 429, retryable: true, title: 'Too many requests from this address' },
  account_limit: { status: 429, retryable: true, title: 'The account has used up its window' },
  account_backlog: {
    status: 429,
    retryable: true,
    title: 'Too many events of this account are still waiting to be stored',
  },
  backlog_full: { status: 503, retryable: true, title: 'Too many events are waiting to be stored' },
  memory_high: { status: 503, retryable: true, title: 'The queue is close to its memory limit' },
  bodies_in_flight: {
    status: 503,
    retryable: true,
    title: 'Too many bytes of requests are being worked on',
  },
  unavailable: {
    status: 503,
    retryable: true,
    title: 'No durable path is left: neither the queue nor the database takes events',
  },
  summary_unavailable: {
    status: 503,
    retryable: true,
    title: 'The database does not answer and no earlier summary is cached',
  },
  directory_unavailable: {
    status: 503,
    retryable: true,
    title: 'The key cannot be checked while the database is unavailable',
  },
  deadline_exceeded: { status: 504, retryable: true, title: 'The request took too long' },
  internal: { status: 500, retryable: true, title: 'An unexpected error' },
} as const satisfies Record<string, RequestErrorEntry>;

export const eventErrors = {
  json_invalid: 'The line is not valid JSON.',
  event_too_large:
    'An event has at most 80 KB as JSON without white space; what is larger is not read.',
  event_not_object: 'An event is a JSON object.',
  unknown_field: 'Fields of your own belong into metadata.',
  event_id_invalid: 'event_id is a string.',
  event_id_empty: 'event_id has at least 1 character; leave it out to get one.',
  event_id_too_long: 'event_id has at most 255 characters.',
  event_id_dots: 'event_id is neither "." nor "..": no path can hold them.',
  account_id_missing: 'account_id is required unless the API key fixes it.',
  account_id_invalid: 'account_id is a string.',
  account_id_empty: 'account_id has at least 1 character.',
  account_id_too_long: 'account_id has at most 255 characters.',
  account_id_dots: 'account_id is neither "." nor "..": no path can hold them.',
  account_mismatch: 'The API key belongs to another account.',
  user_id_missing: 'user_id is required.',
  user_id_invalid: 'user_id is a string.',
  user_id_empty: 'user_id has at least 1 character.',
  user_id_too_long: 'user_id has at most 255 characters.',
  type_missing: 'type is required.',
  type_invalid: 'type is a string.',
  type_empty: 'type has at least 1 character.',
  type_too_long: 'type has at most 50 characters.',
  timestamp_invalid: 'timestamp is ISO 8601 with an offset, such as 2026-01-31T09:30:00Z.',
  timestamp_too_old: 'timestamp is not before 1970.',
  timestamp_in_future: 'timestamp is at most 24 hours ahead.',
  metadata_invalid: 'metadata is a JSON object.',
  metadata_too_large: 'metadata has at most 64 KB as JSON.',
  metadata_too_deep: 'metadata nests at most 16 levels deep.',
  key_forbidden: 'The key __proto__ is not allowed.',
  text_not_storable: 'Text holds neither NUL (U+0000) nor half of a surrogate pair.',
  number_out_of_range: 'Numbers fit into a double.',
  account_limit: 'The account has used up its window; retry later.',
  account_backlog: 'Too many events of the account are waiting; retry later.',
  backlog_full: 'Too many events are waiting; retry later.',
  memory_high: 'The queue is close to its memory limit; retry later.',
  cost_above_limit: 'More events than the account may send in a whole window; send fewer at once.',
  unavailable: 'No durable path was left for this event; retry later.',
  not_storable:
    'The database refused the event; it is kept whole as a dead letter for the operator.',
} as const satisfies Record<string, string>;

/** What a client should correct although its request succeeded. */
export const warnings = {
  many_types:
    'The account has more than 1,000 distinct types: a summary lists 1,000 at most. type names a kind of event; ids belong into event_id, user_id or metadata.',
} as const satisfies Record<string, string>;

export type WarningCode = keyof typeof warnings;
export type RequestErrorCode = keyof typeof requestErrors;
export type EventErrorCode = keyof typeof eventErrors;

/** A request that ends here; the HTTP edge turns it into problem+json. */
export class RequestError extends Error {
  readonly code: RequestErrorCode;
  /** Seconds for Retry-After; 0 leaves the header out. */
  readonly retryAfterSeconds: number;
  /** Extra members of the problem document. */
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(
    code: RequestErrorCode,
    detail?: string,
    options: { retryAfterSeconds?: number; extra?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(detail ?? requestErrors[code].title, { cause: options.cause });
    this.name = 'RequestError';
    this.code = code;
    this.retryAfterSeconds = options.retryAfterSeconds ?? 0;
    this.extra = options.extra ?? {};
  }
}
