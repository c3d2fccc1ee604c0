import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { commonConfig } from './common-config.ts';
import { ConfigError, parseEnv, text, wholeNumber } from './env.ts';

const shape = {
  PORT: wholeNumber(3000, 'A port.', 1, 65_535),
  NAME: text('events', 'A name.'),
  URL: z.string().regex(/^https:/, 'starts with https:'),
};

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return 'it passed';
}

describe('parseEnv', () => {
  test('fills in defaults, converts numbers and freezes the result', () => {
    const config = parseEnv(shape, { URL: 'https://x', PORT: '80' });
    expect(config).toEqual({ URL: 'https://x', PORT: 80, NAME: 'events' });
    expect(Object.isFrozen(config)).toBe(true);
  });

  test('takes an empty variable as an absent one', () => {
    expect(parseEnv(shape, { URL: 'https://x', PORT: '', NAME: '' })).toMatchObject({
      PORT: 3000,
      NAME: 'events',
    });
    expect(messageOf(() => parseEnv(shape, { URL: '' }))).toBe('URL: is required');
  });

  test('lists all problems at once, one a line, each with its variable', () => {
    const lines = messageOf(() => parseEnv(shape, { PORT: '70000' })).split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^PORT: .*65535/);
    expect(lines[1]).toBe('URL: is required');
    expect(messageOf(() => parseEnv(shape, { URL: 'http://x' }))).toBe('URL: starts with https:');
  });

  test.each(['1.5', 'many', '-1', '0', '65536', 'NaN', 'Infinity'])(
    'refuses %s as a port',
    (PORT) => {
      expect(messageOf(() => parseEnv(shape, { URL: 'https://x', PORT }))).toMatch(/^PORT: /);
    },
  );

  test('ignores variables of others', () => {
    expect(parseEnv(shape, { URL: 'https://x', PATH: '/bin' })).not.toHaveProperty('PATH');
  });

  test('reports contradictions between variables, and only of variables that are good alone', () => {
    const check = (config: { PORT: number }) => (config.PORT === 80 ? ['PORT: not 80', 'b'] : []);
    expect(messageOf(() => parseEnv(shape, { URL: 'https://x', PORT: '80' }, check))).toBe(
      'PORT: not 80\nb',
    );
    expect(parseEnv(shape, { URL: 'https://x' }, check)).toMatchObject({ PORT: 3000 });
  });

  test('never repeats the value of a variable, which may hold a password', () => {
    const env = {
      DATABASE_URL: 'mysql://root:secret@db',
      REDIS_URL: 'secret',
      LOG_LEVEL: 'secret',
    };
    const message = messageOf(() => parseEnv(commonConfig, env));
    expect(message.split('\n')).toHaveLength(3);
    expect(message).not.toContain('secret');
  });
});

test('every common variable is documented', () => {
  for (const variable of Object.values(commonConfig)) {
    expect(z.globalRegistry.get(variable)?.description).toMatch(/\.$/);
  }
});
