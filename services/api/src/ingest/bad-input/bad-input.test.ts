import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestApi, type TestApi } from '../../testing/start-test-api.ts';
import { event } from './bad-case.ts';
import { fieldCases } from './field-cases.ts';
import { sendInput } from './send-input.ts';
import { shapeCases } from './shape-cases.ts';
import { transportCases } from './transport-cases.ts';
import { valueCases } from './value-cases.ts';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi({ BODY_TIMEOUT_MS: '400', IP_REQUESTS_PER_MINUTE: '0' });
});
afterAll(() => api.stop());

const cases = [...shapeCases, ...fieldCases, ...valueCases, ...transportCases];

describe('every bad input gets its documented code', () => {
  // Jest would take a fifth parameter that a case leaves out for its callback `done`.
  test.each(cases)('%s', async (...[, sent, status, code, pointer]) => {
    const answer = await sendInput(api.url, sent);
    expect(answer).toMatchObject({ status, code, ...(pointer !== undefined && { pointer }) });
  });

  test('a body that never ends is given up with 408', async () => {
    expect(await sendRaw('Content-Length: 100\r\n\r\n{"a"')).toMatch(
      /^HTTP\/1\.1 408 .*"code":"request_timeout"/s,
    );
  });

  test('a chunked body beyond the limit is cut off with 413', async () => {
    const chunk = `${(100_000).toString(16)}\r\n${' '.repeat(100_000)}\r\n`;
    const answer = await sendRaw(`Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(11)}`);
    expect(answer).toMatch(/^HTTP\/1\.1 413 .*"code":"body_too_large"/s);
  });

  test.each([
    ['is too large', 'Content-Type: application/json', 413],
    ['has an unsupported type', 'Content-Type: text/csv', 415],
    ['is packed by brotli', 'Content-Type: application/json\r\nContent-Encoding: br', 415],
  ])(
    'the sender of 3 MB that %s hears so, and its connection serves the next request',
    async (...[, headers, status]) => {
      const head = 'POST /events HTTP/1.1\r\nHost: a\r\n';
      const good = event();
      const answers = await sendBytes(
        `${head}${headers}\r\nContent-Length: 3000000\r\n\r\n${' '.repeat(3_000_000)}` +
          `${head}Content-Type: application/json\r\nConnection: close\r\n` +
          `Content-Length: ${good.length}\r\n\r\n${good}`,
      );
      expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual([`HTTP/1.1 ${status}`, 'HTTP/1.1 202']);
    },
  );

  test('a request line that is not HTTP is answered with 400, and the process lives on', async () => {
    expect(await sendBytes('NOT HTTP AT ALL\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    expect(await sendInput(api.url, { body: event() })).toMatchObject({ status: 202, accepted: 1 });
  });
});

/** Sends a request by hand and returns the whole answer. */
function sendRaw(rest: string): Promise<string> {
  return sendBytes(`POST /events HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n${rest}`);
}

function sendBytes(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1', () => socket.write(bytes));
    socket.setEncoding('utf8');
    socket.on('data', (data: string) => {
      answer += data;
    });
    socket.on('end', () => resolve(answer));
    socket.on('error', (error) => (answer === '' ? reject(error) : resolve(answer)));
  });
}
