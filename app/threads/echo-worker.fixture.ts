/** Answers each message with its own word, or does harm where the word says so. */
import { parentPort } from 'node:worker_threads'

if (!parentPort) throw new Error('a worker thread')
const port = parentPort
port.on('message', ({ word, steps }: { word: string; steps?: SharedArrayBuffer }) => {
  if (word === 'hang') for (;;);
  if (word === 'fall') throw new Error('a fault')
  if (word === 'exit') process.exit(3)
  if (word === 'advance' && steps) {
    const done = new Int32Array(steps)
    for (let step = 0; step < 6; step += 1) {
      Atomics.wait(done, 1, 0, 250)
      Atomics.add(done, 0, 1)
    }
  }
  port.postMessage(word)
})
