import type { DicomContent, DicomSeries, DicomStudy } from '../../contract/index.ts'
import { readTime } from '../cda/index.ts'
import { identityOf, noTraits } from '../identity.ts'
import { shownTime } from '../text-results.ts'
import { asciiOf, type Dataset, type DicomFile } from './dataset.ts'
import { keyObjectSelection, mediaDirectory, sopClassName } from './names.ts'

export const mostTexts = 2000

/** Character sets of PS3.3 C.12.1.1.2 that the platform decodes; the others are tried as UTF-8, then as Latin 1. */
const decoders: Record<string, string> = {
  ISO_IR_100: 'latin1',
  ISO_IR_101: 'iso-8859-2',
  ISO_IR_109: 'iso-8859-3',
  ISO_IR_110: 'iso-8859-4',
  ISO_IR_144: 'iso-8859-5',
  ISO_IR_127: 'iso-8859-6',
  ISO_IR_126: 'iso-8859-7',
  ISO_IR_138: 'iso-8859-8',
  ISO_IR_148: 'windows-1254',
  ISO_IR_203: 'iso-8859-15',
  ISO_IR_166: 'windows-874',
  ISO_IR_13: 'shift_jis',
  ISO_IR_192: 'utf-8',
  GB18030: 'gb18030',
  GBK: 'gbk',
}

/** Reader of the text elements of one dataset, in the character set it names (0008,0005). */
const textReader = (root: Dataset): ((data: Dataset, tag: string) => string) => {
  const named =
    asciiOf(root, '00080005')
      .split('\\')
      .at(-1)
      ?.trim()
      .replaceAll(' ', '_')
      .replace('ISO_2022_IR', 'ISO_IR') ?? ''
  const known = decoders[named]
  return (data, tag) => {
    const bytes = data.get(tag)?.bytes ?? new Uint8Array()
    const trimmed = (text: string): string => text.replace(/[\0\s]+$/g, '').trim()
    if (known) return trimmed(new TextDecoder(known).decode(bytes))
    try {
      return trimmed(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    } catch {
      return trimmed(new TextDecoder('latin1').decode(bytes))
    }
  }
}

type Read = ReturnType<typeof textReader>

const orNull = (text: string): string | null => text || null
const integer = (text: string): number | null => (/^[+-]?\d{1,9}$/.test(text) ? Number(text) : null)

/** `AAAAMMJJ` and `hhmmss.ffffff` put together. */
const moment = (date: string, time: string): string | null =>
  readTime(date.replaceAll('.', '') + (/^\d{4,6}/.exec(time)?.[0] ?? '')) ??
  readTime(date.replaceAll('.', ''))

/** `NOM^Prénom^…` of the first group of a person name. */
const nameParts = (value: string): { family: string; given: string } => {
  const [family = '', given = ''] = (value.split('=')[0] ?? '').split('^')
  return { family: family.trim(), given: given.trim() }
}

const personOf = (value: string): string | null => {
  const { family, given } = nameParts(value)
  return orNull([given, family].filter(Boolean).join(' '))
}

const readPatient = (data: Dataset, read: Read) => {
  const { family, given } = nameParts(read(data, '00100010'))
  const birthName = nameParts(read(data, '00101005')).family || read(data, '00101005') || family
  const sex = read(data, '00100040')
  const identifier = (holder: Dataset): { root: string; value: string }[] => {
    const value = read(holder, '00100020')
    const [qualifier] = holder.get('00100024')?.items ?? []
    const root = (qualifier ? read(qualifier, '00400032') : '') || read(holder, '00100021')
    return value ? [{ root, value }] : []
  }
  return identityOf({
    ...noTraits,
    birthName,
    usedName: family && family !== birthName ? family : null,
    firstName: given.split(' ')[0] ?? '',
    birthFirstNames: orNull(given),
    sex: sex === 'M' || sex === 'F' ? sex : 'U',
    birthTime: readTime(read(data, '00100030').replaceAll('.', '')),
    identifiers: [...identifier(data), ...(data.get('00101002')?.items ?? []).flatMap(identifier)],
    addresses: [read(data, '00101040')].filter(Boolean),
  })
}

const meaningOf = (data: Dataset, tag: string, read: Read): string => {
  const [code] = data.get(tag)?.items ?? []
  return code ? read(code, '00080104') : ''
}

/** A measure with its unit: the code of UCUM is what people write (`mm`), else the words. */
const measureOf = (measure: Dataset, read: Read): string => {
  const [unit] = measure.get('004008ea')?.items ?? []
  const code = unit && read(unit, '00080102') === 'UCUM' ? read(unit, '00080100') : ''
  return [read(measure, '0040a30a'), code === '1' ? '' : code || meaningOf(measure, '004008ea', read)]
    .filter(Boolean)
    .join(' ')
}

/** What an item of a content tree says (PS3.3 C.17.3): text, code, number, date, person; nothing for references to images. */
const valueOfItem = (one: Dataset, read: Read): string => {
  const [measure] = one.get('0040a300')?.items ?? []
  const time = (tag: string): string => shownTime(read(one, tag).replace(/\.\d*/, ''))
  const clock = /^(\d\d)(\d\d)/.exec(read(one, '0040a122'))
  return (
    read(one, '0040a160') ||
    meaningOf(one, '0040a168', read) ||
    (measure ? measureOf(measure, read) : '') ||
    (personOf(read(one, '0040a123')) ?? '') ||
    time('0040a120') ||
    time('0040a121') ||
    (clock ? `${clock[1] ?? ''}:${clock[2] ?? ''}` : '') ||
    read(one, '0040a124')
  )
}

/** Text items of a structured report or a KOS, in order, each with what it is about; the name of a container is a heading. */
const textsOf = (data: Dataset, read: Read, found: string[] = []): string[] => {
  for (const one of data.get('0040a730')?.items ?? []) {
    const name = meaningOf(one, '0040a043', read)
    const value = valueOfItem(one, read)
    const heading = read(one, '0040a040') === 'CONTAINER' ? name : ''
    if ((value || heading) && found.length < mostTexts)
      found.push(value ? (name ? `${name}: ${value}` : value) : heading)
    textsOf(one, read, found)
  }
  return found
}

const baseStudy = (data: Dataset, read: Read): DicomStudy => ({
  uid: read(data, '0020000d'),
  accession: orNull(read(data, '00080050')),
  id: orNull(read(data, '00200010')),
  date: moment(read(data, '00080020'), read(data, '00080030')),
  description: orNull(read(data, '00081030')),
  referrer: personOf(read(data, '00080090')),
  series: [],
})

const referenceOf =
  (read: Read) =>
  (reference: Dataset): DicomSeries['instances'][number] => {
    const sopClassUid = orNull(read(reference, '00081150'))
    return {
      sopInstanceUid: read(reference, '00081155'),
      sopClassUid,
      sopClass: sopClassName(sopClassUid),
      number: null,
      frames: null,
      path: null,
    }
  }

/** Every object that the content tree of a KOS names. */
const namedInContent = (data: Dataset): Dataset[] =>
  (data.get('0040a730')?.items ?? []).flatMap((one) => [
    ...(one.get('00081199')?.items ?? []),
    ...namedInContent(one),
  ])

/**
 * Studies and series that a KOS refers to (Current Requested Procedure Evidence, Pertinent Other Evidence); without evidence its own study,
 * with the objects that its content names.
 */
const referredStudies = (data: Dataset, read: Read): DicomStudy[] => {
  const [request] = data.get('0040a370')?.items ?? []
  const base = baseStudy(data, read)
  const own = { ...base, accession: base.accession ?? (request ? orNull(read(request, '00080050')) : null) }
  const evidence = ['0040a375', '0040a385'].flatMap((tag) => data.get(tag)?.items ?? [])
  if (evidence.length === 0) {
    const named = namedInContent(data)
    const blank = { uid: '', number: null, modality: null, description: null, bodyPart: null, location: null }
    return [
      { ...own, series: named.length > 0 ? [{ ...blank, instances: named.map(referenceOf(read)) }] : [] },
    ]
  }
  return evidence.map((one) => {
    const uid = read(one, '0020000d')
    const series = (one.get('00081115')?.items ?? []).map((found): DicomSeries => ({
      uid: read(found, '0020000e'),
      number: null,
      modality: orNull(read(found, '00080060')),
      description: orNull(read(found, '0008103e')),
      bodyPart: null,
      location: orNull(read(found, '00081190') || read(found, '0040e011') || read(found, '00080054')),
      instances: (found.get('00081199')?.items ?? []).map(referenceOf(read)),
    }))
    return {
      ...(uid === own.uid
        ? own
        : { ...own, accession: null, id: null, date: null, description: null, referrer: null }),
      uid,
      series,
    }
  })
}

/** What a DICOMDIR lists (PS3.3 F.3): records in the order of their tree. */
const readDirectory = (data: Dataset, read: Read): { patient: Dataset | null; studies: DicomStudy[] } => {
  const studies: DicomStudy[] = []
  let patient: Dataset | null = null
  for (const record of data.get('00041220')?.items ?? []) {
    const own: Read = record.has('00080005') ? textReader(record) : read
    const kind = read(record, '00041430')
    if (kind === 'PATIENT') patient ??= record
    else if (kind === 'STUDY') studies.push(baseStudy(record, own))
    else if (kind === 'SERIES')
      studies.at(-1)?.series.push({
        uid: own(record, '0020000e'),
        number: integer(own(record, '00200011')),
        modality: orNull(own(record, '00080060')),
        description: orNull(own(record, '0008103e')),
        bodyPart: null,
        location: null,
        instances: [],
      })
    else if (own(record, '00041511')) {
      const sopClassUid = orNull(own(record, '00041510'))
      studies
        .at(-1)
        ?.series.at(-1)
        ?.instances.push({
          sopInstanceUid: own(record, '00041511'),
          sopClassUid,
          sopClass: sopClassName(sopClassUid),
          number: integer(own(record, '00200013')),
          frames: integer(own(record, '00280008')),
          path: orNull(
            own(record, '00041500')
              .split('\\')
              .map((part) => part.trim())
              .join('/'),
          ),
        })
    }
  }
  return { patient, studies }
}

/** The file itself as one instance of its series. */
const ownStudy = (data: Dataset, read: Read, path: string | null): DicomStudy => {
  const sopClassUid = orNull(read(data, '00080016'))
  return {
    ...baseStudy(data, read),
    series: [
      {
        uid: read(data, '0020000e'),
        number: integer(read(data, '00200011')),
        modality: orNull(read(data, '00080060')),
        description: orNull(read(data, '0008103e')),
        bodyPart: orNull(read(data, '00180015')),
        location: null,
        instances: [
          {
            sopInstanceUid: read(data, '00080018'),
            sopClassUid,
            sopClass: sopClassName(sopClassUid),
            number: integer(read(data, '00200013')),
            frames: integer(read(data, '00280008')),
            path,
          },
        ],
      },
    ],
  }
}

export const contentOf = ({ data, meta, transferSyntax }: DicomFile, path: string | null): DicomContent => {
  const read = textReader(data)
  const sopClassUid = orNull(read(data, '00080016')) ?? orNull(asciiOf(meta, '00020002'))
  const listed = sopClassUid === mediaDirectory ? readDirectory(data, read) : null
  const isKos = sopClassUid === keyObjectSelection
  return {
    format: isKos ? 'kos' : 'dicom',
    sopClassUid,
    sopClass: sopClassName(sopClassUid),
    sopInstanceUid: orNull(read(data, '00080018')) ?? orNull(asciiOf(meta, '00020003')),
    transferSyntax,
    patient: readPatient(listed?.patient ?? data, read),
    institution: orNull(read(data, '00080080')),
    manufacturer: orNull(read(data, '00080070')),
    title: orNull(meaningOf(data, '0040a043', read) || read(data, '00420010')),
    texts: textsOf(data, read),
    studies: listed?.studies ?? (isKos ? referredStudies(data, read) : [ownStudy(data, read, path)]),
    previews: [],
  }
}
