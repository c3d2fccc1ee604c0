/** Whether a service at this address says that it is ready; false also without an answer. */
export async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/healthz/ready`, {
      signal: AbortSignal.timeout(1_000),
      // A connection that is kept would be one to a service that may be killed in a moment.
      headers: { connection: 'close' },
    });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
