import { expect, it } from 'vitest'
import { brokenMetadataRules } from './ebrim-rules.fixture.ts'
import { brokenHeaderRules } from './header-rules.fixture.ts'
import { writtenArchives } from './variants.fixture.ts'

it('archives of every kind keep every rule of the French header and of the metadata (ECO.2.1.1, ECO.2.1.2)', async () => {
  const archives = await writtenArchives()
  const broken = archives.flatMap(({ name, files }) =>
    files.flatMap(({ path, bytes }) => {
      const rules = path.endsWith('METADATA.XML')
        ? brokenMetadataRules(bytes)
        : path.endsWith('.XML')
          ? brokenHeaderRules(bytes)
          : []
      return rules.map((rule) => `${name}, ${path}: ${rule}`)
    }),
  )
  expect(broken).toEqual([])
  expect(archives.length).toBeGreaterThan(35)
  expect(
    archives.flatMap(({ files }) => files).filter(({ path }) => /DOC\d+\.XML$/.test(path)).length,
  ).toBeGreaterThan(200)
})
