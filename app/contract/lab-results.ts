import { z } from 'zod'

/** Worst interpretation among the results of a message (HL7 ObservationInterpretation: HH, LL, AA are critical). */
export const ResultAlert = z.object({
  level: z.enum(['critical', 'abnormal']),
  /** Interpretation code of the value shown. */
  code: z.string(),
  analyte: z.string(),
  value: z.string(),
  count: z.number().int(),
})
export type ResultAlert = z.infer<typeof ResultAlert>

const CodedName = z.object({ code: z.string(), system: z.string().nullable(), label: z.string().nullable() })

/** One measured value: text for people, number and bounds for curves and comparison. */
export const MeasuredValue = z.object({
  /** As text: « 6,4 », « < 0,5 », « positif ». */
  value: z.string(),
  /** The number when there is one. */
  number: z.number().nullable(),
  /** As printed: `10⁹/L`. */
  unit: z.string().nullable(),
})
export type MeasuredValue = z.infer<typeof MeasuredValue>

export const ReferenceRange = z.object({
  /** As printed: « 3,5 – 5,1 », « < 0,15 ». */
  text: z.string(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  unit: z.string().nullable(),
  /** What a value inside means; N by default. */
  interpretation: z.string().nullable(),
  /** For whom the range holds: age, sex, phase; null for everybody. */
  condition: z.string().nullable(),
})
export type ReferenceRange = z.infer<typeof ReferenceRange>

/** One measured analyte of a laboratory report (clinical-documents.md §10, §11). */
export const LabResult = MeasuredValue.extend({
  label: z.string(),
  loinc: z.string().nullable(),
  /** The code as the sender gives it, LOINC or not. */
  code: CodedName.nullable(),
  /** Type of the value: PQ, IVL_PQ, CD, REAL, ED, ST, INT, RTO, BL, TS…; `NM`, `ST`, `N`, `A` in HL7 v2 and HPRIM. */
  type: z.string().nullable(),
  /** UCUM unit as sent. */
  ucum: z.string().nullable(),
  /** « < 0,5 »: what the number is to the bound; null for an exact number. */
  comparator: z.enum(['<', '≤', '>', '≥']).nullable(),
  /** Interval given as a value, or the bound of « < x ». */
  low: z.number().nullable(),
  high: z.number().nullable(),
  /** The same value in other units. */
  translations: z.array(MeasuredValue),
  referenceRange: z.string().nullable(),
  referenceLow: z.number().nullable(),
  referenceHigh: z.number().nullable(),
  /** All ranges, the first being the one above. */
  ranges: z.array(ReferenceRange),
  /** N, L, LL, H, HH, A, AA, S, I, R or null. */
  interpretation: z.string().nullable(),
  /** ISO 8601. */
  date: z.string().nullable(),
  /** `completed`, `active`, `aborted`, … ; F, P, C, X in HL7 v2 and HPRIM. */
  status: z.string().nullable(),
  /**
   * Why there is no value (`not-done`, `pending`, `negated`, `missing`, or a null flavor: `NAV`, `UNK`…), or why the one that is there does not
   * count: `withdrawn` (status W or D); null when there is one.
   */
  absent: z.string().nullable(),
  method: z.string().nullable(),
  comment: z.string().nullable(),
  /** Batteries and sub-batteries it belongs to, outermost first. */
  batteries: z.array(z.string()),
  /** Organism of the isolate an antibiogram line belongs to. */
  isolate: z.string().nullable(),
  specimen: z.string().nullable(),
  /** Laboratory that did it, when it is not the report's own. */
  performer: z.string().nullable(),
  /** Ids of pictures among `ClinicalDocument.media`. */
  mediaIds: z.array(z.string()),
  previous: z.array(MeasuredValue.extend({ date: z.string().nullable() })),
})
export type LabResult = z.infer<typeof LabResult>
