/** `npm run card -- insert|remove|status <folder>`: handles a virtual card from a second terminal. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readControl } from './control-file.ts'
import { openVirtualCps } from './index.ts'

const [verb, folder] = process.argv.slice(2)
if (!folder || (verb !== 'insert' && verb !== 'remove' && verb !== 'status')) {
  process.stderr.write('usage: card-command.ts insert|remove|status <folder of the virtual card>\n')
  process.exit(2)
}
if (!existsSync(join(folder, 'control'))) {
  process.stderr.write(`no virtual card in ${folder}: npm run demo prints the folder of its card\n`)
  process.exit(1)
}
const virtual = openVirtualCps(folder)
if (verb === 'insert') await virtual.insert()
if (verb === 'remove') await virtual.remove()
const control = await readControl(folder)
const where = control.get('reader0.card') === 'A' ? 'inserted in' : 'out of'
process.stdout.write(
  `${control.get('cardA.label') ?? '?'}: ${where} « ${control.get('reader0.name') ?? '?'} », ` +
    `${String(await virtual.triesLeft())} PIN tries left\n`,
)
