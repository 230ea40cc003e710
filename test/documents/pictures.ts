/**
 * Pictures of documents as the window shows them: `node test/documents/pictures.ts OUT FILE…` saves a PNG per file and view into
 * OUT; `--theme=dark` and `--axe` as in the gallery. The corpus is read where it lies, and its pictures stay out of the repository.
 */
import { execFile } from 'node:child_process'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { AxeBuilder } from '@axe-core/playwright'
import { startDocumentsWindow } from './window.ts'

const options = process.argv.slice(2).filter((one) => one.startsWith('--'))
const [out, ...files] = process.argv.slice(2).filter((one) => !one.startsWith('--'))
if (out === undefined || files.length === 0) throw new Error('usage: pictures.ts OUT FILE…')
const theme = options.find((one) => one.startsWith('--theme='))?.slice('--theme='.length) ?? 'light'
const publisher = fileURLToPath(new URL('publish.ts', import.meta.url))
const bundle = join(
  fileURLToPath(new URL('../../', import.meta.url)),
  `node_modules/.documents-${process.pid}`,
)

await mkdir(out, { recursive: true })
const window = await startDocumentsWindow(bundle)
let failures = 0
try {
  for (const path of files) {
    const { stdout } = await promisify(execFile)(process.execPath, [publisher, path], {
      maxBuffer: 512 * 1024 * 1024,
    })
    const file = JSON.parse(stdout) as { name: string; documents: unknown[] }
    const { page, problems } = await window.open({ theme })
    page.setDefaultTimeout(10_000)
    const shoot = async (view: string): Promise<void> => {
      const height = await page.evaluate<number>(
        `Math.min(6000, Math.max(600, document.querySelector('.read-scroll').scrollHeight + 20))`,
      )
      await page.setViewportSize({ width: 830, height })
      await page.waitForTimeout(400)
      await page.screenshot({ path: join(out, `${file.name}-${view}.png`) })
    }
    try {
      if (file.documents.length === 0) throw new Error('no document')
      await page.evaluate(`window.showDocuments(${JSON.stringify(file)}, '.doc-foot')`)
      await page.waitForTimeout(700)
      await shoot('first')
      const content = page.getByRole('tab', { name: 'Contenu structuré' }).first()
      if (await content.isVisible()) {
        await content.click()
        await page.waitForTimeout(300)
        await shoot('content')
      }
      if (options.includes('--axe')) {
        const { violations } = await new AxeBuilder({ page }).analyze()
        for (const one of violations)
          problems.push(`axe ${one.impact ?? ''} ${one.id} ${one.nodes[0]?.target.join(' ') ?? ''}`)
      }
    } catch (cause) {
      problems.push(String(cause).slice(0, 300))
    }
    failures += problems.length
    console.log(`${file.name}: ${problems.length === 0 ? 'ok' : problems.join('\n  ')}`)
    await page.context().close()
  }
} finally {
  await window.close()
  await rm(bundle, { recursive: true, force: true })
}
process.exitCode = failures > 0 ? 1 : 0
