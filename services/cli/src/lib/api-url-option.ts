import { Option } from 'commander';
import { findLocalUrls } from './local-urls.ts';
import { urlOption } from './option-parsers.ts';

const usualUrl = 'http://127.0.0.1:3000';

/** `--url`, or EP_URL. */
export function apiUrlOption(): Option {
  return new Option(
    '--url <url>',
    `address of the api; without it that of \`make up\`, ${usualUrl}`,
  )
    .env('EP_URL')
    .argParser(urlOption('http:', 'https:'));
}

/** The address that was given, else that of the local api; without a slash at its end. */
export function resolveApiUrl(url: string | undefined): string {
  return (url ?? findLocalUrls()?.apiUrl ?? usualUrl).replace(/\/+$/, '');
}
