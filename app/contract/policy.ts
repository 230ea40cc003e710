import { z } from 'zod'
import { AuthKind } from './accounts.ts'
import { TargetPlace } from './integration.ts'
import { SignInWay } from './sign-in.ts'

const seconds = z.number().int().min(1).max(86_400)

/** Pro Santé Connect, as it was agreed for this product or establishment (docs/sign-in.md). */
const Psc = z
  .object({
    /** Plain http is accepted for a loopback issuer only; the same goes for `backEnd`. */
    issuer: z.string(),
    clientId: z.string(),
    scope: z.string(),
    acrValues: z.string(),
    /** Name of the metadata below the issuer's `.well-known/`; `wallet-openid-configuration` without it. */
    discovery: z
      .string()
      .regex(/^[\w.-]{1,100}$/)
      .optional(),
    /** Ways offered, best first; `browser` alone without it: CIBA has to be opened for each client. */
    ways: z.array(SignInWay).min(1).optional(),
    /**
     * The server that holds the client's secret (« Proxy LPS »): what needs the secret goes there, to these paths below `url`
     * (`token`, `revoke` and `ciba` without them). Without it this workstation is a public client.
     */
    backEnd: z
      .object({
        url: z.string(),
        paths: z.object({ token: z.string(), revoke: z.string(), ciba: z.string() }).partial().optional(),
      })
      .strict()
      .optional(),
    /**
     * The registered redirect address whose server hands the answer over to the loopback port that ends `state`. Without it the
     * browser is sent back to a loopback port at once, which the provider must accept.
     */
    redirectUri: z.string().optional(),
    /** Where the browser goes after signing out, as registered; a loopback port without it. */
    postLogoutRedirectUri: z.string().optional(),
    /** Authorities of the provider and the back-end beside the public ones (files): a back-end inside the establishment. */
    anchors: z.array(z.string()).optional(),
    /** Where the provider does not tell; 120 and 1800 seconds, 240 and 30 minutes without them (mssante-client.md §3.3). */
    lifetimes: z
      .object({
        accessSeconds: seconds,
        refreshSeconds: seconds,
        sessionMinutes: seconds,
        idleMinutes: seconds,
      })
      .partial()
      .optional(),
  })
  .strict()

/** Password and one-time code: no rule is known of its exchange, so either shape (docs/sign-in.md). */
const OneTimeCode = z
  .object({
    /**
     * `endpoint`: an address below `url` takes name and password and sends the code, another takes the code and gives a token.
     * `sasl-plain`: the code, which comes by itself or from an application, is put behind the password, in SASL PLAIN.
     */
    shape: z.enum(['endpoint', 'sasl-plain']),
    url: z.string().optional(),
    paths: z.object({ ask: z.string(), give: z.string() }).partial().optional(),
    /** Between password and code; nothing without it. */
    separator: z.string().max(4).optional(),
    /** Name to log in with; `address` without it. */
    user: z.enum(['address', 'typed']).optional(),
    /** 6 without it. */
    digits: z.number().int().min(4).max(10).optional(),
    /** How long a code is good for, where the operator does not tell; 240 without it. */
    sessionMinutes: seconds.optional(),
    /** Whether the password is kept in the store; false without it: it is typed with each code. */
    keepPassword: z.boolean().optional(),
  })
  .strict()

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
    /**
     * CN of the CA that must have issued server certificates; without it that of ECO.1.1.10 (gamme Élémentaire, domaine
     * Organisations), but in a test environment.
     */
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
    /** Authorities of the servers of ordinary mailboxes; the system's without it. */
    publicAnchors: z.array(z.string()).optional(),
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
    /**
     * How the web is reached (decisions/0033): by the proxy of the environment (`environment`, which it is without it), by this
     * one but for `except` (names and all below them, addresses, networks, as in `NO_PROXY`), or straight (`none`). Mail, LDAP and
     * MLLP never go by it.
     */
    proxy: z
      .union([
        z.enum(['environment', 'none']),
        z
          .object({
            url: z.url({ protocol: /^http$/ }),
            except: z.array(z.string().min(1).max(253)).max(200).optional(),
          })
          .strict(),
      ])
      .optional(),
    /** `host:port` of DNS servers; the system's resolver otherwise. */
    dnsServers: z.array(z.string()).optional(),
    psc: Psc.optional(),
    oneTimeCode: OneTimeCode.optional(),
    /** SASL mechanisms that carry a token, best first; XOAUTH2 (ECO.1.2.1), then OAUTHBEARER without it. */
    tokenMechanisms: z
      .array(z.enum(['XOAUTH2', 'OAUTHBEARER']))
      .min(1)
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
    /**
     * The class (XDS classCode, TRE_A03) of documents by their type, where the administrator knows the ANS table ASS_X04 better
     * than SousPli, which deduces it from their names: `{ "11488-4": "10" }`.
     */
    documentClasses: z.record(z.string(), z.string()).optional(),
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
    /** Months that functional traces are kept (ECO.4.1.1 recommends six, the least); 12 without it. */
    traceMonths: z.number().int().min(6).max(120).optional(),
    /**
     * Absolute path of the folder where the ends of the chains of traces are taken down (docs/traces.md), best one of another machine whose
     * files can be lengthened and not changed; beside the stores without it.
     */
    traceWitnessFolder: z.string().min(1).max(1000).optional(),
    /** Patient records documents are filed into (docs/integration.md); the user may add his own. */
    patientRecords: z
      .array(z.object({ name: z.string().min(1).max(120), place: TargetPlace }).strict())
      .max(20)
      .optional(),
    /** The patients' mailbox: what of it is only known second-hand is set here. */
    patientMail: z
      .object({
        /** Bytes of the largest message, base64 counted; 25 000 000 without it. */
        limit: z.number().int().min(1).optional(),
        /** Regular expressions that recognise the cause in a server's words, before the known ones. */
        bounces: z
          .array(
            z.object({
              cause: z.enum(['closed', 'unknown', 'address', 'size']),
              pattern: z.string().min(1).max(500),
            }),
          )
          .optional(),
      })
      .strict()
      .optional(),
    /** « production » refuses test roots and test certificates (cps-card.md §2.7). */
    environment: z.enum(['production', 'test']).optional(),
  })
  .strict()
export type Policy = z.infer<typeof Policy>
