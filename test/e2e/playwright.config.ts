import { defineConfig } from '@playwright/test'

/** End-to-end stories on the real main, preload and core: two at a time, each in a world of its own, never retried, pictures under out/e2e. */
export default defineConfig({
  testDir: '.',
  // The longest first: begun last, it would play alone.
  projects: [
    { name: 'story', testMatch: 'story.spec.ts' },
    { name: 'chapters', testMatch: '*.spec.ts', testIgnore: 'story.spec.ts' },
  ],
  outputDir: '../../out/e2e/results',
  workers: 2,
  fullyParallel: false,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  forbidOnly: process.env['CI'] !== undefined,
  reporter: [['list']],
})
