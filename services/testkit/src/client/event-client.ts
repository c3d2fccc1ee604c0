import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { z } from 'zod';

const compress = promisify(gzip);

/** Longer than the server's own deadline of 15 s, so that its answer arrives. */
const defaultTimeoutMs = 30_000;

/** How requests to the api are made. */
export interface ClientSettings {
  /** Such as http://127.0.0.1:3000, without a path. */
  url: string;
  apiKey: string | undefined;
  format: 'json' | 'ndjson';
  isGzip: boolean;
  /** Without an answer by then the request is given up; default: 30 s. */
  timeoutMs?: number;
  /** The header Prefer, such as `wait=5`. */
  prefer?: string | undefined;
  /** Aborted when the whole run ends early. */
  signal: AbortSignal;
}

const bodySchema = z.object({
  code: z.string().optional(),
  detail: z.string().optional(),
  accepted: z.int().min(0).optional(),
  retryable: z.boolean().optional(),
  results: z
    .array(z.object({ index: z.int().min(0), status: z.string(), code: z.string().optional() }))
    .optional(),
});

/** An answer of the api, or why there is none. */
export type Answer =
  | {
      kind: 'answer';
      status: number;
      /** From Retry-After; undefined without the header. */
      retryAfterMs: number | undefined;
      /** Undefined when the body is not as the api writes it. */
      body: z.infer<typeof bodySchema> | undefined;
    }
  | { kind: 'no-answer'; code: string; message: string };

/**
 * Posts events in one request. A failure is a value, too; only the abort is thrown.
 *
 * @param events JSON texts, sent as they are
 */
export async function postEvents(
  settings: ClientSettings,
  events: readonly { json: string }[],
): Promise<Answer> {
  const { format, isGzip, prefer } = settings;
  const lines = events.map(({ json }) => json);
  const text = format === 'json' ? `[${lines.join(',')}]` : lines.join('\n');
  return call(settings, '/events', {
    method: 'POST',
    headers: {
      'content-type': format === 'json' ? 'application/json' : 'application/x-ndjson',
      ...(isGzip && { 'content-encoding': 'gzip' }),
      ...(prefer !== undefined && { prefer }),
    },
    body: isGzip ? await compress(text) : text,
  });
}

async function call(settings: ClientSettings, path: string, init: RequestInit): Promise<Answer> {
  try {
    const response = await fetchApi(settings, path, init);
    const text = await response.text();
    return {
      kind: 'answer',
      status: response.status,
      retryAfterMs: readRetryAfter(response.headers.get('retry-after')),
      body: readBody(text),
    };
  } catch (error) {
    settings.signal.throwIfAborted();
    return { kind: 'no-answer', ...networkProblem(error) };
  }
}

/**
 * One request with the key and a deadline.
 *
 * @throws what fetch throws: the server is down or too slow, or `signal` was aborted
 */
export async function fetchApi(
  settings: Pick<ClientSettings, 'url' | 'apiKey' | 'signal' | 'timeoutMs'>,
  path: string,
  init: RequestInit = {},
): Promise<Response> {
  const headers = new Headers(init.headers);
  if (settings.apiKey !== undefined) headers.set('authorization', `Bearer ${settings.apiKey}`);
  const { signal, timeoutMs = defaultTimeoutMs } = settings;
  return fetch(`${settings.url}${path}`, {
    ...init,
    headers,
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    redirect: 'manual',
  });
}

/** The code and message of a failed fetch; both are in its cause. */
export function networkProblem(error: unknown): { code: string; message: string } {
  if (error instanceof Error && error.name === 'TimeoutError') {
    return { code: 'timeout', message: 'no answer in time' };
  }
  const cause = error instanceof Error ? error.cause : undefined;
  const code: unknown = (cause as { code?: unknown } | undefined)?.code;
  const message = cause instanceof Error && cause.message ? cause.message : String(error);
  return { code: typeof code === 'string' ? code : 'network_error', message };
}

function readBody(text: string): z.infer<typeof bodySchema> | undefined {
  try {
    return bodySchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Seconds only: the api sends no dates. */
function readRetryAfter(header: string | null): number | undefined {
  return header !== null && /^\d{1,6}$/.test(header.trim()) ? Number(header) * 1000 : undefined;
}
