import {
  fetchApi,
  networkProblem,
  type ClientSettings,
} from '@event-platform/testkit/client/event-client';

/** What reading from the server takes. */
export type ReadClient = Pick<ClientSettings, 'url' | 'apiKey' | 'signal'>;

/**
 * One GET.
 *
 * @returns the status and the JSON of the body, undefined where it is none; undefined when no answer
 *   came
 * @throws the abort of the client's signal
 */
export async function queryServer(
  client: ReadClient,
  path: string,
): Promise<{ status: number; body: unknown } | undefined> {
  try {
    const response = await fetchApi(client, path);
    const text = await response.text();
    return { status: response.status, body: parseJson(text) };
  } catch (error) {
    client.signal.throwIfAborted();
    // Only the network may fail here; anything else is a bug and must show.
    if (networkProblem(error).code === 'network_error') throw error;
    return undefined;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
