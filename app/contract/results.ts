import { z } from 'zod'
import { PatientSummary } from './documents.ts'
import { MessageId } from './mail.ts'
import { call } from './service.ts'

/** An analyte as a document names it. */
export const AnalyteAsked = z.object({
  label: z.string().max(500),
  loinc: z.string().max(40).nullable(),
  /** As printed: « mmol/L ». */
  unit: z.string().max(80).nullable(),
})
export type AnalyteAsked = z.infer<typeof AnalyteAsked>

/** One value of a patient, from a document of any message of this workstation. */
export const ResultPoint = z.object({
  /** The message to open. */
  messageId: MessageId,
  documentLabel: z.string(),
  organisation: z.string().nullable(),
  /** ISO 8601, as precise as the document says; null when it says nothing. */
  date: z.string().nullable(),
  /** As its laboratory printed it. */
  value: z.string(),
  unit: z.string().nullable(),
  referenceRange: z.string().nullable(),
  interpretation: z.string().nullable(),
  /** In the unit of the series; null when it is no number, or its unit cannot be brought to that of the series. */
  number: z.number().nullable(),
  referenceLow: z.number().nullable(),
  referenceHigh: z.number().nullable(),
  /** `number` was computed from another unit (LGC.MDV.09). */
  converted: z.boolean(),
  /** How the patient was recognised: by the INS of both documents, or by strict traits because one has none. */
  matched: z.enum(['ins', 'traits']),
})
export type ResultPoint = z.infer<typeof ResultPoint>

/** What is known of one analyte of a patient, oldest first. */
export const ResultSeries = z.object({
  label: z.string(),
  loinc: z.string().nullable(),
  unit: z.string().nullable(),
  /** Another usual unit of this analyte and the numbers of the asked unit that make one of it: `other = number × factor + offset`. */
  otherUnit: z.object({ unit: z.string(), factor: z.number(), offset: z.number() }).nullable(),
  points: z.array(ResultPoint),
})
export type ResultSeries = z.infer<typeof ResultSeries>

export const resultCalls = {
  /**
   * Values of a patient over all messages (BIO, LGC.MDV.09), one series per analyte asked, in that order; `analytes` null
   * asks for all there are, those last measured first. The patient is the same INS, else the same strict traits where
   * these belong to one INS at most. Messages in junk and trash are left out, of a document's versions the last counts.
   */
  'results.history': call(
    z.object({
      patient: PatientSummary,
      analytes: z.array(AnalyteAsked).max(1_000).nullable(),
      /** The document being read: neither it nor its other versions are its own history. */
      except: z.object({ documentId: z.string().max(500), setId: z.string().max(500).nullable() }).nullable(),
    }),
    z.object({ series: z.array(ResultSeries) }),
  ),
}
