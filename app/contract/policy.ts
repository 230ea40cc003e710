import { z } from 'zod'

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
    /** Seconds between two looks at the card when it is idle. */
    cardPollSeconds: z.number().min(0.2).max(10).optional(),
    /** Seconds between two looks at the folders other than the inbox; 120 without it. */
    folderPollSeconds: z.number().min(15).max(3600).optional(),
    /** `X-MSS-NIL`: product reference number (ECO.2.4.3). */
    nil: z.string().optional(),
    /** « production » refuses test roots and test certificates (cps-card.md §2.7). */
    environment: z.enum(['production', 'test']).optional(),
  })
  .strict()
export type Policy = z.infer<typeof Policy>
