import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: [
      'app/**/*.test.ts',
      'main/**/*.test.ts',
      'renderer/**/*.test.{ts,tsx}',
      'native/**/*.test.ts',
      'test/**/*.test.ts',
      'scripts/**/*.test.ts',
      'build/**/*.test.ts',
    ],
    exclude: ['**/node_modules/**', 'test/e2e/**', 'dist/**'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
  },
})
