import {
  drawChapter,
  potassiumChapter,
  urineCulture,
  type Chapter,
  type Measurement,
  type PotassiumCase,
} from '../operator/seed/biology-panels.ts'
import { biologyReport } from '../operator/seed/biology-report.ts'
import type { ClinicalDocument, DocumentContext } from '../operator/seed/clinical-document.ts'
import { clinicalMail } from '../operator/seed/clinical-mail.ts'
import { hprimText, toWindows1252 } from '../operator/seed/hprim.ts'
import { correspondents } from '../operator/seed/mail.ts'
import { patientNamed } from '../operator/seed/patients.ts'
import { professionals } from '../operator/seed/professionals.ts'
import { createRandom } from '../operator/seed/random.ts'
import { imagingReport } from '../operator/seed/reports.ts'
import { narrativeDocument } from './samples.ts'

/** Words of the rows to open. */
export const publishedName = {
  hprim: 'Résultats HPRIM de démonstration',
  pdfCopy: 'Bilan avec copie PDF',
  urine: 'Examen des urines',
  imaging: 'Imagerie de démonstration',
  long: 'Document long de démonstration',
} as const

const context = (seed: string, created: Date): DocumentContext => ({
  random: createRandom(seed),
  patient: patientNamed('DUPONT'),
  created,
  recipients: [professionals.anne],
  typeface: 'standard',
})

const values = (potassium: string, creatinine: string): PotassiumCase => ({
  potassium,
  sodium: '139',
  creatinine,
  dfg: '62',
  crp: '2.4',
})

const glucose = (value: string, unit: 'g/L' | 'mmol/L'): Measurement => ({
  kind: 'quantity',
  label: 'Glucose',
  loinc: unit === 'g/L' ? '2345-7' : '14749-6',
  loincLabel: 'Glucose [Concentration] Sérum/Plasma ; Numérique',
  value,
  comparator: null,
  unit,
  shownUnit: unit,
  low: unit === 'g/L' ? '0.74' : '4.1',
  high: unit === 'g/L' ? '1.06' : '5.9',
  interpretation: 'N',
  method: null,
  comment: null,
  previous: [],
})

const withGlucose = (chapter: Chapter, result: Measurement): Chapter => ({
  ...chapter,
  results: [...chapter.results, result],
})

interface SentMail {
  from: string
  raw: Buffer
}

const sent = async (document: ClinicalDocument, date: Date, subject?: string): Promise<SentMail> => {
  const { raw } = await clinicalMail({
    from: correspondents.laboratory,
    to: [correspondents.anne],
    documents: [document],
    text: 'Document de démonstration, patiente fictive.',
    date,
    random: createRandom(date.toISOString()),
    ...(subject === undefined ? {} : { subject }),
  })
  return { from: correspondents.laboratory.address, raw }
}

/** The reports of Mme DUPONT, who does not exist, over eight months: four of potassium, one of them without INS, one in g/L. */
export const reportsOverTime = async (): Promise<SentMail[]> => {
  const prescriber = professionals.anne
  const report = (seed: string, created: Date, chapters: readonly Chapter[], pdfCopy = false) =>
    biologyReport(context(seed, created), { chapters, pdfCopy, prescriber })
  const april = new Date('2026-04-15T09:00:00Z')
  const june = new Date('2026-06-03T09:00:00Z')
  const october = new Date('2026-10-12T09:00:00Z')
  const november = new Date('2026-11-20T10:12:00Z')
  const hprim = hprimText(
    patientNamed('DUPONT'),
    april,
    [potassiumChapter(values('4.2', '88'), null)],
    'H12345',
  )
  const hprimMail = Buffer.from(
    [
      `From: ${correspondents.laboratory.address}`,
      `To: ${correspondents.anne.address}`,
      `Subject: =?UTF-8?B?${Buffer.from(publishedName.hprim).toString('base64')}?=`,
      `Date: ${april.toUTCString()}`,
      'Message-ID: <hprim-demo@laboratoire.mssante.test>',
      'MIME-Version: 1.0',
      'Content-Type: application/octet-stream; name="resultats.hpr"',
      'Content-Disposition: attachment; filename="resultats.hpr"',
      'Content-Transfer-Encoding: base64',
      '',
      toWindows1252(hprim).toString('base64').replace(/.{76}/g, '$&\r\n'),
      '',
    ].join('\r\n'),
  )
  return [
    { from: correspondents.laboratory.address, raw: hprimMail },
    await sent(await report('june', june, [potassiumChapter(values('4.4', '90'), null)]), june),
    await sent(
      await report('october', october, [
        withGlucose(potassiumChapter(values('4.6', '96'), null), glucose('1.00', 'g/L')),
      ]),
      october,
    ),
    await sent(
      await report('november', november, [
        withGlucose(potassiumChapter(values('6.4', '112'), null), glucose('5.8', 'mmol/L')),
      ]),
      november,
    ),
    await sent(
      await report(
        'copy',
        new Date('2026-11-18T09:00:00Z'),
        [drawChapter('haematology', createRandom(2), [october])],
        true,
      ),
      new Date('2026-11-18T10:00:00Z'),
      publishedName.pdfCopy,
    ),
    await sent(
      await report('urine', new Date('2026-11-17T09:00:00Z'), [urineCulture()]),
      new Date('2026-11-17T10:00:00Z'),
      publishedName.urine,
    ),
    await sent(
      await imagingReport(context('imaging', new Date('2026-11-16T09:00:00Z')), {
        exam: 'IRM',
        modality: { code: '24968-0', display: 'IRM' },
        findings: 'Examen normal.',
        conclusion: 'Pas d’anomalie.',
        picture: 'jpeg',
      }),
      new Date('2026-11-16T10:00:00Z'),
      publishedName.imaging,
    ),
    await sent(
      await narrativeDocument(context('long', new Date('2026-11-15T09:00:00Z'))),
      new Date('2026-11-15T10:00:00Z'),
      publishedName.long,
    ),
  ]
}
