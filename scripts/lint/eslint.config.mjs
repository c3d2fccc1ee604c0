// Lint rules of the whole repository. Type-aware: a floating promise in an ingest system is a lost
// event, so `no-floating-promises` is a safety rule here and not a matter of style.
import { fileURLToPath } from 'node:url';
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', 'load-tests/results/**', '**/*.cjs'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['scripts/lint/*.mjs', 'scripts/jest/*.mjs'] },
        tsconfigRootDir: fileURLToPath(new URL('../..', import.meta.url)),
      },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // `const { left, ...rest } = all` is how a field is left out.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      'no-console': 'error',
    },
  },
  {
    files: ['services/**'],
    rules: {
      'no-restricted-properties': [
        'error',
        {
          property: 'defineCommand',
          message:
            'ioredis never learns inside MULTI that Redis has lost a script: use createScript.',
        },
      ],
    },
  },
  {
    files: ['services/{cli,testkit}/**', 'scripts/**', 'load-tests/**'],
    rules: { 'no-console': 'off' },
  },
  {
    // The models of the Kubernetes client are classes by generation only: it takes plain objects.
    files: ['scripts/verify/e2e/**', 'services/cli/src/watch/**'],
    rules: {
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-misused-spread': 'off',
    },
  },
  { files: ['**/*.mjs'], ...tseslint.configs.disableTypeChecked },
  {
    files: ['**/*.mjs'],
    languageOptions: { globals: { process: 'readonly', URL: 'readonly', console: 'readonly' } },
  },
);
