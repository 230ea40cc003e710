/** `npm run card -- <command>`: handles virtual cards from a second terminal. */
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { cardCommands, cardHelp, CommandError } from './card-commands.ts'
import { openVirtualCps } from './index.ts'

const isCardFolder = (folder: string): boolean =>
  existsSync(join(folder, 'control')) && existsSync(join(folder, 'virtual-cps.so'))

/** Folders below another one; none where it cannot be read. */
const below = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name))
}

/** Cards of demonstrations and tests that run now: `souspli-…` in the folder for temporary files, two levels deep. */
const runningFolders = async (): Promise<string[]> => {
  const top = (await below(tmpdir())).filter((folder) => folder.startsWith(join(tmpdir(), 'souspli-')))
  const all = [...top, ...(await Promise.all(top.map(below))).flat()]
  return all.filter(isCardFolder)
}

const folderFor = async (named: string | undefined): Promise<string> => {
  if (named !== undefined && isCardFolder(named)) return resolve(named)
  const running = await runningFolders()
  const found = named === undefined ? running : running.filter((folder) => folder.includes(named))
  const [only, ...others] = found
  if (only !== undefined && others.length === 0) return only
  const which = named === undefined ? '' : ` in « ${named} »`
  if (only === undefined)
    throw new CommandError(`no virtual card${which}: npm run demo makes some and prints their folders`)
  throw new CommandError(['which cards? --in one of:', ...found.map((folder) => `  ${folder}`)].join('\n'))
}

const main = async (): Promise<void> => {
  const words = process.argv.slice(2)
  const option = words.indexOf('--in')
  const [, given] = option < 0 ? [] : words.splice(option, 2)
  if (option >= 0 && given === undefined) throw new CommandError('--in: which folder?')
  const [verb, ...rest] = words
  if (verb === undefined || ['help', '--help', '-h'].includes(verb)) {
    process.stdout.write(`${cardHelp().join('\n')}\n`)
    return
  }
  const command = cardCommands.find((one) => one.verb === verb)
  if (!command) throw new CommandError(`« ${verb} » is no command; npm run card -- help tells all of them`)
  // The folder may also be named without --in, as the demonstration prints it.
  const path = rest.findIndex((word) => word.includes('/'))
  const folder = await folderFor(
    given ?? process.env['CPSSIM_DIR'] ?? (path < 0 ? undefined : rest.splice(path, 1)[0]),
  )
  process.stdout.write(`${(await command.run(openVirtualCps(folder), rest)).join('\n')}\n`)
}

try {
  await main()
} catch (cause) {
  if (!(cause instanceof CommandError)) throw cause
  process.stderr.write(`${cause.message}\n`)
  process.exitCode = 2
}
