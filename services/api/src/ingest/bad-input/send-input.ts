import { json, type Sent } from './bad-case.ts';

/** What came back, as far as cases speak of it; of several events that were rejected, the first. */
interface Answer {
  status: number;
  code?: string;
  pointer?: string;
  accepted?: number;
}

/** Sends a request to the api at this address. */
export async function sendInput(
  url: string,
  { body, headers = json, path = '/events', method = 'POST' }: Sent,
): Promise<Answer> {
  const init: RequestInit = { method, headers };
  if (body !== undefined) init.body = body;
  const response = await fetch(`${url}${path}`, init);
  const answer = JSON.parse(await response.text()) as Answer & {
    results?: { status: string; code?: string; pointer?: string }[];
  };
  const rejected = answer.results?.find(({ status }) => status === 'rejected');
  const own = rejected && answer.code === 'all_rejected' ? rejected.code : answer.code;
  return {
    status: response.status,
    ...(own !== undefined && { code: own }),
    ...(rejected?.pointer !== undefined && { pointer: rejected.pointer }),
    ...(answer.accepted !== undefined && { accepted: answer.accepted }),
  };
}
