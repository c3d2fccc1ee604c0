import { defineConfig } from 'drizzle-kit';

// `drizzle-kit generate` compares schema.ts with the last snapshot; see storage/migrations/README.md.
export default defineConfig({
  dialect: 'postgresql',
  schema: './src/storage/schema.ts',
  out: './src/storage/migrations',
});
