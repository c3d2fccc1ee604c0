import type { Admission, AdmissionClient, AdmissionRequest } from '../admission-client.ts';

/** The decision of Redis; throws where it made none. */
export async function decide(
  client: AdmissionClient,
  request: AdmissionRequest,
): Promise<Admission> {
  const answer = await client.admit(request);
  if (answer.decision === 'unavailable') throw new Error(answer.failure.words);
  return answer;
}
