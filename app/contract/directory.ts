import { z } from 'zod'
import { ErrorData } from './errors.ts'
import { Grant } from './exchange.ts'
import { TrustClass } from './mail.ts'
import { call, Nothing } from './service.ts'

const Address = z.string().min(1).max(320)
/** National identifier of a person: type digit and number (`8` and the eleven digits of an RPPS). */
const NationalId = z.string().regex(/^[0-9A-Za-z]{1,20}$/)
const Code = z.string().min(1).max(40)

/**
 * Kinds of mailboxes (mssante-client.md §1.9): personal, of a practice, organisational, applicative. `other` is what a later
 * extraction may bring.
 */
export const MailboxType = z.enum(['PER', 'CAB', 'ORG', 'APP', 'other'])
export type MailboxType = z.infer<typeof MailboxType>

/** A code of a nomenclature with its label; the code is null where the directory gives the label alone. */
export const Coded = z.object({ code: z.string().nullable(), label: z.string() })
export type Coded = z.infer<typeof Coded>

export const DirectoryStructure = z.object({
  /** As the directory gives it (FINESS, SIRET… with its type digit or without). */
  id: z.string().nullable(),
  /** Legal name, then the one on the door when it differs. */
  name: z.string().nullable(),
  tradeName: z.string().nullable(),
  /** Street lines, in order. */
  lines: z.array(z.string()),
  postalCode: z.string().nullable(),
  town: z.string().nullable(),
  department: z.string().nullable(),
  country: z.string().nullable(),
})
export type DirectoryStructure = z.infer<typeof DirectoryStructure>

/** One mailbox of the directory with whose it is. */
export const DirectoryEntry = z.object({
  address: z.string(),
  type: MailboxType,
  trust: TrustClass,
  /** Of a person; null for a service's mailbox. */
  nationalId: z.string().nullable(),
  /** « Dr Anne MARTIN », or the name of the service or structure. */
  name: z.string(),
  civility: z.string().nullable(),
  lastName: z.string().nullable(),
  firstName: z.string().nullable(),
  profession: Coded.nullable(),
  category: Coded.nullable(),
  specialty: Coded.nullable(),
  structure: DirectoryStructure.nullable(),
  service: z.string().nullable(),
  /** Whether it accepts digital documents alone (« dématérialisation »); null when not said. */
  paperless: z.boolean().nullable(),
  /** Rank its operator gives, 1 first (FHIR alone knows it). */
  rank: z.number().int().nullable(),
  /** Dates of the base on this workstation, ISO 8601: the extraction itself carries none. */
  firstSeen: z.string(),
  /** Last extraction that held it, when the latest no longer does; null while it is there. */
  goneSince: z.string().nullable(),
  favourite: z.boolean(),
  /** The user's choice among the addresses of this person. */
  preferred: z.boolean(),
})
export type DirectoryEntry = z.infer<typeof DirectoryEntry>

/** What a search is narrowed to; every condition holds together. */
export const DirectoryFilters = z.object({
  profession: Code.nullable(),
  specialty: Code.nullable(),
  department: Code.nullable(),
  type: MailboxType.nullable(),
  /** Also mailboxes that the latest extraction no longer holds. */
  gone: z.boolean(),
})
export type DirectoryFilters = z.infer<typeof DirectoryFilters>

/** Values one can filter by, with how many mailboxes have them, the most frequent first. */
export const DirectoryFacets = z.object({
  professions: z.array(z.object({ code: z.string(), label: z.string(), count: z.number().int() })),
  specialties: z.array(z.object({ code: z.string(), label: z.string(), count: z.number().int() })),
  departments: z.array(z.object({ code: z.string(), label: z.string(), count: z.number().int() })),
  types: z.array(z.object({ code: MailboxType, count: z.number().int() })),
})
export type DirectoryFacets = z.infer<typeof DirectoryFacets>

/** A person with every mailbox and every place of practice, the preferred address first. */
export const DirectoryPerson = z.object({
  nationalId: NationalId,
  name: z.string(),
  mailboxes: z.array(DirectoryEntry),
  /** Practice known from a unit call (FHIR); empty when it never was made. */
  situations: z.array(
    z.object({
      role: z.string().nullable(),
      active: z.boolean(),
      structure: DirectoryStructure.nullable(),
      start: z.string().nullable(),
      end: z.string().nullable(),
    }),
  ),
  professions: z.array(Coded),
  specialties: z.array(Coded),
  /** False when the directory says that the person practises no more; null when only the extraction is known. */
  active: z.boolean().nullable(),
  /** When the directory was last asked about this person, ISO 8601. */
  verifiedAt: z.string().nullable(),
})
export type DirectoryPerson = z.infer<typeof DirectoryPerson>

export const DirectoryProgress = z.object({
  phase: z.enum(['download', 'read', 'index', 'finish']),
  /** Bytes while downloading and reading. */
  done: z.number().int(),
  /** 0 when not known. */
  total: z.number().int(),
  lines: z.number().int(),
})
export type DirectoryProgress = z.infer<typeof DirectoryProgress>

export const DirectoryState = z.object({
  /** The extraction in use; null when none was ever imported. */
  generation: z
    .object({
      /** Its own date (the name of the file), else when it was fetched; ISO 8601. */
      date: z.string(),
      importedAt: z.string(),
      /** Lines read, and those set aside because nothing could be made of them. */
      lines: z.number().int(),
      deviations: z.number().int(),
      mailboxes: z.number().int(),
      persons: z.number().int(),
      gone: z.number().int(),
      added: z.number().int(),
      removed: z.number().int(),
      /** Mailboxes the last file lacked that were not taken for gone: it held less than was to be expected. */
      kept: z.number().int(),
      /** `download`, or the name of the imported file. */
      source: z.string(),
    })
    .nullable(),
  /** Older than the policy's alarm (or three days). */
  stale: z.boolean(),
  work: z
    .object({ kind: z.enum(['extraction', 'delta']), progress: DirectoryProgress, startedAt: z.string() })
    .nullable(),
  /** What ended the last try; null when it went well. */
  error: ErrorData.nullable(),
  /** A download or import was stopped: it goes on from what is here. */
  resumable: z.boolean(),
  /** Configured by the administrator. */
  download: z.boolean(),
  fhir: z.boolean(),
  ldap: z.boolean(),
  /** Up to when changes were fetched from the API, ISO 8601. */
  deltaAt: z.string().nullable(),
  databaseBytes: z.number().int(),
})
export type DirectoryState = z.infer<typeof DirectoryState>

export const DistributionListId = z.number().int().positive()
export const ListMember = z.object({
  name: z.string().max(300),
  address: Address,
})
export type ListMember = z.infer<typeof ListMember>
export const DistributionList = z.object({
  id: DistributionListId,
  name: z.string(),
  members: z.array(
    ListMember.extend({
      /** No longer in the directory since; null while it is, or was never. */
      goneSince: z.string().nullable(),
    }),
  ),
})
export type DistributionList = z.infer<typeof DistributionList>

/**
 * One line under the recipient field. An address (of the directory, of a recent or favourite correspondent), or a group
 * that choosing expands into its members.
 */
export const RecipientSuggestion = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('address'),
    name: z.string(),
    address: z.string(),
    trust: TrustClass,
    /** Where it comes from, the strongest first. */
    origins: z.array(z.enum(['favourite', 'recent', 'directory'])).min(1),
    type: MailboxType.nullable(),
    profession: z.string().nullable(),
    specialty: z.string().nullable(),
    structure: z.string().nullable(),
    service: z.string().nullable(),
    town: z.string().nullable(),
    nationalId: z.string().nullable(),
    goneSince: z.string().nullable(),
    preferred: z.boolean(),
    /** Other addresses of the same person. */
    others: z.number().int(),
    /** Spelt otherwise than what was typed, by one letter. */
    near: z.boolean(),
  }),
  z.object({
    kind: z.literal('list'),
    listId: DistributionListId,
    name: z.string(),
    count: z.number().int(),
  }),
  z.object({
    kind: z.literal('service'),
    /** Of the structure; its mailboxes are asked for with `directory.structure`. */
    structureId: z.string(),
    name: z.string(),
    town: z.string().nullable(),
    count: z.number().int(),
  }),
])
export type RecipientSuggestion = z.infer<typeof RecipientSuggestion>

const SearchText = z.string().max(200)

export const directoryCalls = {
  /**
   * Offline search by name, profession, specialty, place, structure, RPPS or address: words in any order, each one a
   * beginning, accents and case folded; best first, who practises where the user does before others. Without words the filters
   * alone. `near`: nobody is spelt so, these are one typing error away.
   */
  'directory.search': call(
    z.object({ text: SearchText, filters: DirectoryFilters, limit: z.number().int().min(1).max(200) }),
    z.object({ entries: z.array(DirectoryEntry), more: z.boolean(), near: z.boolean() }),
  ),
  'directory.facets': call(Nothing, DirectoryFacets),
  /** Null when the base does not know the person. */
  'directory.person': call(z.object({ nationalId: NationalId }), DirectoryPerson.nullable()),
  /** The mailboxes of a structure, its services together, at most 500. */
  'directory.structure': call(z.object({ structureId: z.string().min(1).max(60) }), z.array(DirectoryEntry)),
  /** What the base says of addresses, in the order asked; null for one it never held. */
  'directory.identify': call(
    z.object({ addresses: z.array(z.string().max(320)).max(200) }),
    z.array(DirectoryEntry.nullable()),
  ),
  /**
   * Asks the Annuaire Santé now about one person (FHIR) and keeps what it says. Errors: `directory.not-configured`,
   * `directory.not-found`, `directory.key-refused`, `directory.busy`, `directory.api-failed`, net.*.
   */
  'directory.verify': call(z.object({ nationalId: NationalId }), DirectoryPerson),
  'directory.state': call(Nothing, DirectoryState),
  /** Downloads the extraction and imports it in the background; goes on from what is here. `directory.not-configured`. */
  'directory.update': call(Nothing, Nothing),
  /** Imports an extraction the user chose (.zip or .txt), in the background. */
  'directory.importFile': call(z.object({ grant: Grant }), Nothing),
  /** Stops a download or an import; what was in use stays. */
  'directory.cancel': call(Nothing, Nothing),
  /** Fetches what changed since the last time from the API, 30 days at most. */
  'directory.delta': call(Nothing, z.object({ changed: z.number().int() })),
  'directory.setFavourite': call(
    z.object({ address: Address, name: z.string().max(300), on: z.boolean() }),
    Nothing,
  ),
  /** Which address of a person comes first from now on; null takes the choice back. */
  'directory.prefer': call(z.object({ nationalId: NationalId, address: Address.nullable() }), Nothing),
  /**
   * Certificates of these addresses from the LDAP directory, kept like any other of a correspondent (docs/certificates.md).
   * Answers those for which one to encrypt was found. `directory.not-configured`, net.*.
   */
  'directory.fetchCertificates': call(
    z.object({ addresses: z.array(Address).min(1).max(50) }),
    z.object({ found: z.array(z.string()) }),
  ),
  /** Directory, recent and favourite correspondents, lists and services in one list, best first. */
  'recipients.suggest': call(
    z.object({ text: SearchText, limit: z.number().int().min(1).max(120) }),
    z.array(RecipientSuggestion),
  ),
  'lists.all': call(Nothing, z.array(DistributionList)),
  /** Creates (null) or replaces a list; answers its id. `directory.list-exists` when another has this name. */
  'lists.save': call(
    z.object({
      id: DistributionListId.nullable(),
      name: z.string().trim().min(1).max(80),
      members: z.array(ListMember).max(500),
    }),
    DistributionListId,
  ),
  'lists.delete': call(z.object({ id: DistributionListId }), Nothing),
  /** A CSV file (`nom;adresse` or addresses alone): a new list, and how many lines were no address. */
  'lists.importCsv': call(
    z.object({ uploadId: z.string().max(100), name: z.string().trim().min(1).max(80) }),
    z.object({ id: DistributionListId, members: z.number().int(), refused: z.number().int() }),
  ),
  /** A part with the list as CSV, to save (`window.savePart`). */
  'lists.exportCsv': call(z.object({ id: DistributionListId }), z.object({ url: z.string() })),
}
export const directoryEvents = {
  'directory.changed': DirectoryState,
  'lists.changed': z.array(DistributionList),
}
