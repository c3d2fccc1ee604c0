import type { EventResult } from '@event-platform/core/event/results';

/** An answer to a request that may have waited. */
export interface WaitAnswer {
  status: number;
  /** Preference-Applied. */
  applied: string | null;
  results: EventResult[];
}

/** Posts a body with headers of the test's choice; JSON unless they say otherwise. */
export async function postWaiting(
  url: string,
  body: string | Uint8Array<ArrayBuffer> | object,
  { path = '/events', signal, ...headers }: WaitHeaders = {},
): Promise<WaitAnswer> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
    ...(signal && { signal }),
  });
  const { results = [] } = (await response.json()) as { results?: EventResult[] };
  return { status: response.status, applied: response.headers.get('preference-applied'), results };
}

type WaitHeaders = { path?: string; signal?: AbortSignal } & Partial<
  Record<'prefer' | 'content-type' | 'content-encoding', string>
>;

/** How many waits ended so. */
export async function waitsThatEnded(url: string, outcome: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const series = new RegExp(`^ingest_waits_total\\{.*outcome="${outcome}".*\\} (\\d+)$`, 'm');
  return Number(series.exec(text)?.[1]);
}
