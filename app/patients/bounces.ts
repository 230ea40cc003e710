import type { DeliveryEvent, MessageView, PatientBounce, Policy, TrustClass } from '../contract/index.ts'

interface Rule {
  cause: PatientBounce
  pattern: RegExp
}

/**
 * Words by which Mon espace santé, or a server on the way, tells why nothing came (ENS-6-bounce). The official wording is not
 * known (mssante-client.md §1.8): French and English words of the four causes, and the status codes of RFC 3463.
 */
const known: Rule[] = [
  {
    cause: 'size',
    pattern:
      /taille|trop (?:gros|volumineu|lourd)|25 ?(?:mo|mb)\b|too (?:large|big)|size (?:limit|exceed)|exceeds?\b.{0,40}\bsize|\b5\.(?:2\.3|3\.4)\b|^552\b/iu,
  },
  {
    cause: 'closed',
    pattern:
      /ferm[ée]e?|clos(?:e|ed)?\b|d[ée]sactiv|cl[ôo]tur|disabled|deactivated|inactive|not accepting|\b5\.2\.1\b/iu,
  },
  {
    cause: 'address',
    pattern:
      /adresse.{0,30}(?:invalide|incorrecte|erron[ée]e|mal form[ée]e)|(?:invalid|malformed|bad).{0,30}(?:address|mailbox|recipient)|\b5\.1\.3\b|^553\b/iu,
  },
  {
    cause: 'unknown',
    pattern:
      /introuvable|inconnue?|n['’]existe pas|aucun.{0,20}(?:patient|compte|profil)|not found|unknown|no such|does not exist|\b5\.1\.1\b/iu,
  },
]

/** Characters of a server's answer looked at. */
const longest = 2000

const compiled = (pattern: string): RegExp | null => {
  try {
    return new RegExp(pattern, 'iu')
  } catch {
    return null
  }
}

/**
 * Recognises why a message to a patient came back, by the status code and the words of the server: the policy's patterns
 * first (one that is no regular expression is passed over), then the known words. Null when none says so.
 */
export const createBounceReader = (
  policy: Policy,
): ((report: { status: string | null; diagnostic: string | null }) => PatientBounce | null) => {
  const rules: Rule[] = [
    ...(policy.patientMail?.bounces ?? []).flatMap(({ cause, pattern }) => {
      const own = compiled(pattern)
      return own ? [{ cause, pattern: own }] : []
    }),
    ...known,
  ]
  return ({ status, diagnostic }) => {
    const text = `${(diagnostic ?? '').slice(0, longest)} ${status ?? ''}`.trim()
    return rules.find(({ pattern }) => pattern.test(text))?.cause ?? null
  }
}

/** Says, in a message's view, why it did not reach a patient: on the sent message and on the report that tells it. */
export const explainBounces = (
  view: MessageView,
  classify: (address: string) => TrustClass,
  read: ReturnType<typeof createBounceReader>,
): MessageView => {
  const explained = <E extends DeliveryEvent>(event: E, address: string): E =>
    (event.outcome === 'failed' || event.outcome === 'refused') && classify(address) === 'patient'
      ? { ...event, patientBounce: read(event) }
      : event
  const { recipients, report } = view.sent
  return {
    ...view,
    sent: {
      ...view.sent,
      recipients:
        recipients?.map((one) => ({
          ...one,
          events: one.events.map((event) => explained(event, one.address)),
        })) ?? null,
      report: report && {
        ...report,
        recipients: report.recipients.map((event) => explained(event, event.address)),
      },
    },
  }
}
