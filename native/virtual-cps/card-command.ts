/** `npm run card -- insert|remove|status <folder>`: handles a virtual card from a second terminal. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readControl, readTries, setInserted } from './control-file.ts'

const [verb, folder] = process.argv.slice(2)
if (!folder || (verb !== 'insert' && verb !== 'remove' && verb !== 'status')) {
  process.stderr.write('usage: card-command.ts insert|remove|status <folder of the virtual card>\n')
  process.exit(2)
}
if (!existsSync(join(folder, 'control'))) {
  process.stderr.write(`no virtual card in ${folder}: npm run demo prints the folder of its card\n`)
  process.exit(1)
}
if (verb !== 'status') await setInserted(folder, verb === 'insert')
const control = await readControl(folder)
const where = control.get('reader0.card') === 'A' ? 'inserted in' : 'out of'
process.stdout.write(
  `${control.get('cardA.label') ?? '?'}: ${where} « ${control.get('reader0.name') ?? '?'} », ` +
    `${String(await readTries(folder))} PIN tries left\n`,
)
