import { Agent, request as httpsRequest, type RequestOptions } from 'node:https';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { KubeConfig } from '@kubernetes/client-node';

/** The API server answered, but not with 200. */
export class ApiError extends Error {
  override name = 'ApiError';
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface ApiClient {
  /**
   * Reads a path of the API as text.
   *
   * @throws ApiError for an answer other than 200, else the error of the connection
   */
  get: (path: string, timeoutMs?: number) => Promise<string>;
  close: () => void;
}

const usualTimeoutMs = 10_000;
/** Pods are asked each second and all at once, but never over more connections than these. */
const maxConnections = 10;

/**
 * Reads from the API server over connections that are kept: the generated client opens a new one for
 * each request, which is too dear for readings of every pod each second.
 */
export function createApiClient(kubeConfig: KubeConfig): ApiClient {
  const agent = new Agent({ keepAlive: true, maxSockets: maxConnections });
  return {
    async get(path, timeoutMs = usualTimeoutMs) {
      const cluster = kubeConfig.getCurrentCluster();
      if (!cluster) throw new Error('The kubeconfig names no cluster.');
      const options: RequestOptions = { signal: AbortSignal.timeout(timeoutMs) };
      await kubeConfig.applyToHTTPSOptions(options);
      const url = new URL(cluster.server.replace(/\/$/, '') + path);
      const isSecure = url.protocol === 'https:';
      // A proxy needs the agent that the kubeconfig made for it.
      if (isSecure && cluster.proxyUrl === undefined) options.agent = agent;
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        const send = isSecure ? httpsRequest : httpRequest;
        send(url, options, resolve).on('error', reject).end();
      });
      const body = await text(response);
      if (response.statusCode === 200) return body;
      throw new ApiError(response.statusCode ?? 0, messageOf(body));
    },
    close: () => agent.destroy(),
  };
}

/** The sentence in the Status object of a refusal; the text itself where a pod answered. */
function messageOf(body: string): string {
  try {
    const { message } = JSON.parse(body) as { message?: unknown };
    if (typeof message === 'string') return message;
  } catch {
    // Not JSON: the answer of a proxy or a pod.
  }
  return body.slice(0, 200).trim();
}
