/** What failed in the end-to-end tests, short enough for the last lines of a log. */
import { stripVTControlCharacters } from 'node:util'
import { z } from 'zod'

const Result = z.object({
  status: z.string(),
  errors: z.array(z.object({ message: z.string().optional() })),
  attachments: z.array(z.object({ name: z.string(), body: z.string().optional() })),
})
const Spec = z.object({
  title: z.string(),
  file: z.string(),
  line: z.number(),
  ok: z.boolean(),
  tests: z.array(z.object({ results: z.array(Result) })),
})
interface Suite {
  specs?: z.infer<typeof Spec>[] | undefined
  suites?: Suite[] | undefined
}
const Suite: z.ZodType<Suite> = z.lazy(() =>
  z.object({ specs: z.array(Spec).optional(), suites: z.array(Suite).optional() }),
)
const Report = z.object({
  suites: z.array(Suite),
  /** Beside any test: a file that cannot be read. */
  errors: z.array(z.object({ message: z.string().optional() })),
})

/** Failures told at length; of those beyond, the name is enough. */
const mostTold = 3
const mostLines = 14

const specsOf = (suite: Suite): z.infer<typeof Spec>[] => [
  ...(suite.specs ?? []),
  ...(suite.suites ?? []).flatMap(specsOf),
]

const linesOf = (errors: readonly { message?: string | undefined }[]): string[] =>
  errors
    .flatMap(({ message }) => stripVTControlCharacters(message ?? '').split('\n'))
    .filter((line) => line.trim() !== '')
    .slice(0, mostLines)

/**
 * One text for each failed test of Playwright's JSON report: where, why, and what the windows showed (attached by test/e2e).
 * Tests that did not run because of it are not among them. Throws when it is no such report.
 */
export const playwrightFailures = (report: unknown): string[] => {
  const { suites, errors: beside } = Report.parse(report)
  const failed = suites.flatMap(specsOf).flatMap((spec) => {
    const results = spec.tests.flatMap((test) => test.results)
    const ran = results.filter(({ status }) => status !== 'passed' && status !== 'skipped')
    return spec.ok || ran.length === 0 ? [] : [{ spec, results: ran }]
  })
  const ofTests = failed.map(({ spec, results }, index) => {
    const title = `${spec.file}:${String(spec.line)} › ${spec.title}`
    if (index >= mostTold) return title
    const why = linesOf(results.flatMap(({ errors }) => errors))
    const screens = results
      .flatMap(({ attachments }) => attachments)
      .filter(({ name }) => name === 'screens')
      .flatMap(({ body }) =>
        Buffer.from(body ?? '', 'base64')
          .toString('utf8')
          .split('\n'),
      )
    return [title, ...why, ...screens].join('\n    ')
  })
  return [...ofTests, ...beside.slice(0, mostTold).map((error) => linesOf([error]).join('\n    '))]
}
