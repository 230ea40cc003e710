import { z } from 'zod'

/** What the program measured works with; DER in base64. */
export const SmimeSetting = z.object({
  worker: z.string(),
  now: z.string(),
  /** Revocation list of the signer's authority. */
  list: z.string().nullable(),
  people: z.object({
    address: z.string(),
    anchors: z.array(z.string()),
    authority: z.string(),
    signer: z.string(),
    pkcs8: z.string(),
    recipient: z.string(),
    recipientPkcs8: z.string(),
  }),
})
export type SmimeSetting = z.infer<typeof SmimeSetting>

export const SmimeOrder = z.object({
  operation: z.enum(['sign', 'verify', 'encrypt', 'decrypt']),
  file: z.string(),
  /** What must come out, where it is known. */
  expected: z.string().nullable(),
})
export type SmimeOrder = z.infer<typeof SmimeOrder>

/** Peak: mebibytes of resident memory above what the process held when asked. */
export const SmimeAnswer = z.object({ milliseconds: z.number(), peak: z.number() })
export type SmimeAnswer = z.infer<typeof SmimeAnswer>
