import { hideKeys } from '@event-platform/core/storage/accounts/api-key';

/** What is printed of a mistake, without API keys and the user information of URLs, which holds passwords. */
export function hideSecrets(text: string): string {
  return hideKeys(text).replaceAll(/:\/\/[^\s'"]*@/g, '://…@');
}
