import { z } from 'zod'
import { AuthKind } from './accounts.ts'

/**
 * What an administrator (or the test operator) sets for a workstation. Every field is optional: without a policy
 * SousPli uses the production defaults. Read by main, handed to the core at start, never writable by a window.
 */
export const Policy = z
  .object({
    /** Absolute paths of PKCS#11 modules, tried in order before the known Cryptolib CPS paths. */
    pkcs11Modules: z.array(z.string()).optional(),
    /**
     * PEM, DER or p7b files of the CA certificates accepted for servers and S/MIME instead of the shipped IGC-Santé set.
     * Test PKIs come in this way only.
     */
    trustAnchors: z.array(z.string()).optional(),
    /** CN of the CA that must have issued server certificates (ECO.1.1.10: gamme Élémentaire, domaine Organisations). */
    serverIssuer: z.string().optional(),
    /** What to do when neither CRL nor OCSP answers: `require` refuses, `prefer` goes on and says so. */
    revocation: z.enum(['require', 'prefer']).optional(),
    /** Domains of the trust space, exact or with a leading dot for all sub-domains. */
    trustSpace: z.object({ domains: z.array(z.string()), patientDomain: z.string() }).optional(),
    /**
     * The list of the trust space's domains: where it is fetched, the authorities its server rests on (files, as
     * `trustAnchors`, which they are without), hours between two fetches (24 without it). `url` null: from files only.
     */
    trustSpaceList: z
      .object({
        url: z.string().nullable(),
        anchors: z.array(z.string()).optional(),
        refreshHours: z.number().min(1).max(720).optional(),
      })
      .strict()
      .optional(),
    /** Authorities of the web servers asked for the settings of an address (autoconfig, Autodiscover); `trustAnchors` without it. */
    webAnchors: z.array(z.string()).optional(),
    /** Mail servers taken: those of the trust space's domains (without it), or any. */
    serverHosts: z.enum(['trust-space', 'any']).optional(),
    /** Whether a server may have a private or loopback address; false without it. */
    privateHosts: z.boolean().optional(),
    /** Whether ordinary mailboxes, beside MSSanté, may be kept here; false without it. Their servers use public authorities. */
    genericMailboxes: z.boolean().optional(),
    /** Annuaire Santé (docs/directory.md). */
    directory: z
      .object({
        /** Where the daily extraction is; the ANS's own address without it, null for files only (closed networks). */
        extraction: z
          .url({ protocol: /^https$/ })
          .nullable()
          .optional(),
        /** Hours between two downloads, 24 without it. */
        refreshHours: z.number().min(1).max(720).optional(),
        /** Days after which the base is said to be old, 3 without it. */
        staleDays: z.number().int().min(1).max(90).optional(),
        /**
         * Authorities of the servers above and below: files, as `trustAnchors` (which they are without it), or `system` for
         * the public ones (the copy on data.gouv.fr).
         */
        anchors: z.union([z.literal('system'), z.array(z.string())]).optional(),
        /** The open FHIR API, version 2: its key is a secret of the administrator's, in no log. */
        fhir: z
          .object({
            url: z.url({ protocol: /^https$/ }),
            apiKey: z.string().min(1).max(400),
            anchors: z.union([z.literal('system'), z.array(z.string())]).optional(),
          })
          .strict()
          .optional(),
        /** Certificates of recipients (shape of annuaire.gip-cps.fr): `(mail={address})` is the filter without one. */
        ldap: z
          .object({
            url: z.string().regex(/^ldaps?:\/\/[^\s/]+$/),
            base: z.string().min(1).max(500),
            filter: z.string().max(500).optional(),
            attribute: z.string().max(100).optional(),
            /** Only for `ldaps`. */
            anchors: z.union([z.literal('system'), z.array(z.string())]).optional(),
          })
          .strict()
          .optional(),
      })
      .strict()
      .optional(),
    /** `host:port` of DNS servers; the system's resolver otherwise. */
    dnsServers: z.array(z.string()).optional(),
    psc: z
      .object({
        issuer: z.string(),
        clientId: z.string(),
        scope: z.string(),
        acrValues: z.string(),
        /** Plain http is accepted for a loopback issuer only. */
      })
      .optional(),
    /** Seconds between two looks at the card when it is idle; 0.5 without it. */
    cardPollSeconds: z.number().min(0.2).max(10).optional(),
    /**
     * When the card that opened the mailbox leaves: `lock` at once (without it), `lock-after` `cardRemovalSeconds`, or
     * `keep-reading` what is there until something else locks.
     */
    cardRemoval: z.enum(['lock', 'lock-after', 'keep-reading']).optional(),
    /** For `lock-after`; 60 without it. */
    cardRemovalSeconds: z.number().int().min(1).max(3600).optional(),
    /** Where the PIN is changed and a card unblocked; `cps-gestion` without it. */
    cardPinChange: z.enum(['cps-gestion', 'direct']).optional(),
    /** Least version of the Cryptolib's module, `3.1` without it (package 5.2: cps-card.md §1.1). */
    cardModuleVersion: z
      .string()
      .regex(/^\d{1,3}\.\d{1,3}$/)
      .optional(),
    /** Logins a new mailbox may use, best first; `card`, `psc`, `p12`, `password-otp`, `password` without it. */
    logins: z.array(AuthKind).min(1).optional(),
    /**
     * Who SASL EXTERNAL asks to be: the mailbox's `address`, or `empty` (the server takes it from the certificate). No rule
     * is known (cps-card.md §7): without it the address is tried, then nothing, and the account keeps what opened it.
     */
    externalIdentity: z.enum(['address', 'empty']).optional(),
    /** Seconds between two looks at the folders other than the inbox; 120 without it. */
    folderPollSeconds: z.number().min(15).max(3600).optional(),
    /** `X-MSS-NIL`: product reference number (ECO.2.4.3). */
    nil: z.string().optional(),
    /**
     * The subject of an encrypted message: `shown` outside too (without it; technical subjects of the trust space are read
     * on the way), or `hidden` under the encryption, « [...] » outside (RFC 9788).
     */
    encryptedSubject: z.enum(['shown', 'hidden']).optional(),
    /**
     * Whether the text of encrypted messages, once the reader was shown it, is found by searches: true without it, since the
     * index is in the vault, which is encrypted itself (docs/search.md). False also forgets what was indexed of it before.
     */
    indexDecrypted: z.boolean().optional(),
    /** « production » refuses test roots and test certificates (cps-card.md §2.7). */
    environment: z.enum(['production', 'test']).optional(),
  })
  .strict()
export type Policy = z.infer<typeof Policy>
