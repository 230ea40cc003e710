import { inflateSync } from 'node:zlib'
import { AlgorithmIdentifier } from 'pkijs'
import { fail, ok, type Outcome } from '../contract/errors.ts'
import { oids } from './algorithms.ts'
import { maxMessageSize, parsed, readBer } from './asn1.ts'
import { bytesAt, isContext, joined } from './ber.ts'
import { oidAt, type CmsContent } from './cms.ts'

/** A message that grows more than this is a bomb: zlib's own limit is a thousand times. */
const maxGrowth = 200
/** Below, any growth will do. */
const smallEnough = 1024 * 1024

/**
 * The content of a CompressedData (RFC 3274 §1.1). Fails with `smime.malformed`, `smime.unsupported` (anything but zlib) and
 * `smime.limit` (it would grow beyond all measure).
 */
export const decompress = ({ source, place }: CmsContent): Outcome<Uint8Array> => {
  const read = parsed(() => {
    const [, algorithm, encapsulated] = source.children(place)
    if (!algorithm || !encapsulated) throw new Error('not a CompressedData')
    const { algorithmId } = new AlgorithmIdentifier({ schema: readBer(bytesAt(source, algorithm)) })
    const [type, explicit] = source.children(encapsulated)
    const [octets] = isContext(explicit, 0) && explicit ? source.children(explicit) : []
    if (!octets || oidAt(source, type) !== oids.data) throw new Error('not a message inside')
    return { algorithmId, compressed: joined(source, octets, false) }
  })
  if (!read.ok) return read
  const { algorithmId, compressed } = read.value
  if (algorithmId !== oids.zlib) return fail('smime.unsupported')
  const most = Math.min(maxMessageSize, Math.max(smallEnough, compressed.length * maxGrowth))
  try {
    return ok(inflateSync(compressed, { maxOutputLength: most }))
  } catch (error) {
    const tooBig = (error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE'
    return fail(tooBig ? 'smime.limit' : 'smime.malformed', { cause: error })
  }
}
