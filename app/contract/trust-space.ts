import { z } from 'zod'
import { call, Nothing } from './service.ts'
import { ErrorData } from './errors.ts'

/** Something about an address that is made to be taken for another; what it is, and what it looks like. */
export const AddressWarning = z.object({
  kind: z.enum([
    /** The name shows another address than the real one: `shown`. */
    'name-shows-address',
    /** The name speaks of the trust space, the address is outside. */
    'name-claims-trust',
    /** The name is a known correspondent's of the trust space (`like`), the address is outside. */
    'name-of-known',
    /** Characters one does not see, or that turn the text around, in the name or the address. */
    'hidden-characters',
    /** The domain is nearly `like`. */
    'look-alike-domain',
    /** The domain mixes alphabets, or letters of another look like those of `like`; `shown` as it reads. */
    'mixed-scripts',
    /** The domain begins or goes on like `like` and belongs to somebody else. */
    'extra-label',
    /** Answers go to another domain (`shown`), of another class or outside. */
    'reply-elsewhere',
    /** Written as a patient's address (a matricule), outside the patients' domain. */
    'patient-outside',
  ]),
  address: z.string(),
  shown: z.string().nullable(),
  like: z.string().nullable(),
})
export type AddressWarning = z.infer<typeof AddressWarning>

/** The whitelist of domains as this workstation has it. */
export const TrustSpaceState = z.object({
  /** `builtin`: no list has come yet, the rule written in the program (or the policy) applies. */
  source: z.enum(['builtin', 'server', 'file']),
  /** The date the list gives itself; ISO 8601. */
  generatedAt: z.iso.datetime().nullable(),
  /** When this copy came. */
  fetchedAt: z.iso.datetime().nullable(),
  /** Domains, and operators that hold them. */
  domains: z.number().int(),
  operators: z.number().int(),
  /** Entries that were no domain and were left out. */
  ignored: z.number().int(),
  lastAttempt: z.object({ at: z.iso.datetime(), error: ErrorData.nullable() }).nullable(),
  /** Of the rule in force without a list: domains, `.x` for those below x. */
  rule: z.array(z.string()),
  patientDomain: z.string(),
  url: z.string().nullable(),
  refreshing: z.boolean(),
})
export type TrustSpaceState = z.infer<typeof TrustSpaceState>

export const TrustedDomain = z.object({
  /** In its ASCII form. */
  domain: z.string(),
  /** As written, accents and all. */
  shown: z.string(),
  description: z.string(),
  operators: z.array(z.string()),
})
export type TrustedDomain = z.infer<typeof TrustedDomain>

export const trustSpaceCalls = {
  'trustSpace.state': call(Nothing, TrustSpaceState),
  /**
   * Fetches the list now. Errors: net.*, tls.*, `trust-space.*`, xml.*; the last good copy stays. A list that lost more than half of its
   * domains is `trust-space.shrunk`, unless `evenIfShorter`.
   */
  'trustSpace.refresh': call(z.object({ evenIfShorter: z.boolean().optional() }), TrustSpaceState),
  /** Takes a list from a file, for closed networks. Errors as above. */
  'trustSpace.import': call(
    z.object({ uploadId: z.string().max(100), evenIfShorter: z.boolean().optional() }),
    TrustSpaceState,
  ),
  /** Domains with a text in their name, description or operators; at most 50. */
  'trustSpace.search': call(z.object({ text: z.string().max(200) }), z.array(TrustedDomain)),
}
export const trustSpaceEvents = {
  'trustSpace.changed': TrustSpaceState,
}
