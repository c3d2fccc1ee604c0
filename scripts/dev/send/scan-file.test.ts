import { describe, expect, test } from '@jest/globals';
import { scanLines, type FileScan } from './scan-file.ts';

function scan(
  texts: (string | undefined)[],
  limit = Infinity,
  account?: string,
): Promise<FileScan> {
  async function* lines() {
    for (const [index, text] of texts.entries()) {
      yield await Promise.resolve({ number: index + 1, text });
    }
  }
  return scanLines(lines(), limit, account);
}

const line = (account_id: string | undefined, timestamp?: string) =>
  JSON.stringify({ account_id, timestamp });
const early = line('a', '2013-01-01T00:00:00Z');
const late = line('b', '2013-01-02T00:00:00.500+01:00');

describe('scanLines', () => {
  test('accounts and time come from all lines, in any order', async () => {
    expect(await scan([late, early, line('a')])).toEqual({
      lines: 3,
      accounts: new Set(['b', 'a']),
      span: { fromMs: Date.UTC(2013, 0, 1), toMs: Date.UTC(2013, 0, 1, 23, 0, 0, 501) },
    });
  });

  test('lines that are no events are counted and otherwise passed over', async () => {
    const broken = [undefined, 'not json', '[1]', 'null', line('a', 'soon'), '{"account_id":7}'];
    expect(await scan(broken)).toEqual({ lines: 6, accounts: new Set(['a']), span: undefined });
  });

  test('a year that the server refuses does not stretch the span', async () => {
    const { span } = await scan([early, line('a', '0000-01-01'), line('a', '+012345-01-01')]);
    expect(span).toEqual({ fromMs: Date.UTC(2013, 0, 1), toMs: Date.UTC(2013, 0, 1) + 1 });
  });

  test('--account names the account of lines without one, and --limit ends the scan', async () => {
    expect((await scan([line(undefined), early], 1, 'mine')).accounts).toEqual(new Set(['mine']));
    expect((await scan([line(undefined), early])).accounts).toEqual(new Set(['a']));
    expect(await scan([early, late], 1)).toMatchObject({ lines: 1, accounts: new Set(['a']) });
  });
});
