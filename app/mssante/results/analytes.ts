/**
 * Common analytes that laboratories report in two kinds of units, each with the LOINC codes that differ only by that (mass,
 * substance) and the names HPRIM results use. The specimen is the same within a row: values of blood and serum are never mixed.
 */
export interface Analyte {
  id: string
  loinc: readonly string[]
  /** Folded names, whole; only of blood, where nothing else is said. */
  names: readonly string[]
  /** Grams of one mole; null where no factor makes sense. */
  molarMass: number | null
  /** Electric charges of one ion, for meq. */
  charge?: number
  /** Printed beside the value, when it is another than the unit of the document. */
  otherUnit?: readonly [string, string]
}

const row = (
  id: string,
  loinc: readonly string[],
  names: readonly string[],
  molarMass: number | null,
  rest: Pick<Analyte, 'charge' | 'otherUnit'> = {},
): Analyte => ({ id, loinc, names, molarMass, ...rest })

export const analytes: readonly Analyte[] = [
  row('glucose', ['14749-6', '2345-7'], ['glucose', 'glycemie'], 180.16, { otherUnit: ['mmol/L', 'g/L'] }),
  row('glucose-blood', ['15074-8', '2339-0'], [], 180.16, { otherUnit: ['mmol/L', 'g/L'] }),
  row('glucose-fasting', ['14771-0', '1558-6'], ['glycemie a jeun', 'glucose a jeun'], 180.16, {
    otherUnit: ['mmol/L', 'g/L'],
  }),
  row('creatinine', ['14682-9', '2160-0'], ['creatinine', 'creatininemie'], 113.12, {
    otherUnit: ['µmol/L', 'mg/L'],
  }),
  row('urea', ['22664-7', '3091-6'], ['uree'], 60.06, { otherUnit: ['mmol/L', 'g/L'] }),
  row('urate', ['14933-6', '3084-1'], ['acide urique', 'uricemie'], 168.11, {
    otherUnit: ['µmol/L', 'mg/L'],
  }),
  row('cholesterol', ['14647-2', '2093-3'], ['cholesterol', 'cholesterol total'], 386.65, {
    otherUnit: ['mmol/L', 'g/L'],
  }),
  row('cholesterol-hdl', ['14646-4', '2085-9'], ['cholesterol hdl', 'hdl cholesterol'], 386.65, {
    otherUnit: ['mmol/L', 'g/L'],
  }),
  row('cholesterol-ldl', ['22748-8', '2089-1'], [], 386.65, { otherUnit: ['mmol/L', 'g/L'] }),
  row('cholesterol-ldl-computed', ['39469-2', '13457-7'], ['cholesterol ldl', 'ldl cholesterol'], 386.65, {
    otherUnit: ['mmol/L', 'g/L'],
  }),
  // Triolein, by convention.
  row('triglycerides', ['14927-8', '2571-8'], ['triglycerides'], 885.4, { otherUnit: ['mmol/L', 'g/L'] }),
  row('bilirubin', ['14631-6', '1975-2'], ['bilirubine totale'], 584.66, { otherUnit: ['µmol/L', 'mg/L'] }),
  row('bilirubin-direct', ['14629-0', '1968-7'], ['bilirubine conjuguee', 'bilirubine directe'], 584.66, {
    otherUnit: ['µmol/L', 'mg/L'],
  }),
  row('calcium', ['2000-8', '17861-6'], ['calcium', 'calcemie'], 40.08, {
    charge: 2,
    otherUnit: ['mmol/L', 'mg/L'],
  }),
  row('magnesium', ['2601-3', '19123-9'], ['magnesium'], 24.305, {
    charge: 2,
    otherUnit: ['mmol/L', 'mg/L'],
  }),
  row('phosphate', ['14879-1', '2777-1'], ['phosphore', 'phosphoremie', 'phosphates'], 30.974, {
    otherUnit: ['mmol/L', 'mg/L'],
  }),
  row('iron', ['14798-3', '2498-4'], ['fer', 'fer serique'], 55.845, { otherUnit: ['µmol/L', 'mg/L'] }),
  row('potassium', ['2823-3'], ['potassium', 'kaliemie'], 39.098, { charge: 1 }),
  row('sodium', ['2951-2'], ['sodium', 'natremie'], 22.99, { charge: 1 }),
  row('chloride', ['2075-0'], ['chlorures', 'chlore'], 35.453, { charge: 1 }),
  row('lithium', ['14334-7'], ['lithium', 'lithiemie'], 6.94, { charge: 1 }),
  row('lactate', ['2524-7', '14118-4'], ['lactates'], 90.08, { otherUnit: ['mmol/L', 'mg/L'] }),
  row('hemoglobin', ['718-7', '59260-0'], ['hemoglobine'], 16_114, { otherUnit: ['g/dL', 'mmol/L'] }),
  row('vitamin-d', ['62292-8'], ['vitamine d', '25 oh vitamine d', '25-oh vitamine d'], 400.64, {
    otherUnit: ['nmol/L', 'ng/mL'],
  }),
  row('vitamin-b12', ['14685-2', '2132-9'], ['vitamine b12'], 1355.37, { otherUnit: ['pmol/L', 'pg/mL'] }),
  row('folate', ['14732-2', '2284-8'], ['folates', 'vitamine b9'], 441.4, {
    otherUnit: ['nmol/L', 'ng/mL'],
  }),
  row('t4-free', ['14920-3', '3024-7'], ['t4 libre', 't4l'], 776.87, { otherUnit: ['pmol/L', 'ng/L'] }),
  row('t3-free', ['14928-6', '3051-0'], ['t3 libre', 't3l'], 650.98, { otherUnit: ['pmol/L', 'ng/L'] }),
  row('cortisol', ['14675-3', '2143-6'], ['cortisol'], 362.46, { otherUnit: ['nmol/L', 'µg/L'] }),
  row('testosterone', ['14913-8', '2986-8'], ['testosterone'], 288.42, { otherUnit: ['nmol/L', 'µg/L'] }),
  row('estradiol', ['14715-7', '2243-4'], ['oestradiol', 'estradiol'], 272.38, {
    otherUnit: ['pmol/L', 'ng/L'],
  }),
  row('progesterone', ['14890-8', '2839-9'], ['progesterone'], 314.46, { otherUnit: ['nmol/L', 'µg/L'] }),
  row('hba1c', ['4548-4', '59261-8'], ['hba1c', 'hemoglobine glyquee', 'hemoglobine a1c'], null, {
    otherUnit: ['%', 'mmol/mol'],
  }),
]

const fold = (text: string): string =>
  text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/œ/g, 'oe')
    .replace(/[^a-z0-9%]+/g, ' ')
    .trim()

const byLoinc = new Map(analytes.flatMap((analyte) => analyte.loinc.map((code) => [code, analyte] as const)))
const byName = new Map(
  analytes.flatMap((analyte) => analyte.names.map((name) => [fold(name), analyte] as const)),
)
const byId = new Map(analytes.map((analyte) => [analyte.id, analyte]))

/** What names an analyte in a document. */
export interface AnalyteName {
  label: string
  loinc: string | null
  unit: string | null
}

/** The analyte of the table that this is; null for the many others. A LOINC code decides, a name only where there is none. */
export const knownAnalyte = ({ label, loinc }: AnalyteName): Analyte | null =>
  (loinc === null ? byName.get(fold(label)) : byLoinc.get(loinc)) ?? null

/** The same for everything that may stand in one series; results without LOINC are told by name and unit. */
export const analyteKey = (name: AnalyteName): string => {
  const known = knownAnalyte(name)
  if (known) return `a:${known.id}`
  return name.loinc === null ? `n:${fold(name.label)}|${(name.unit ?? '').trim()}` : `l:${name.loinc}`
}

/** The analyte of a key; null when it is not of the table. */
export const analyteOfKey = (key: string): Analyte | null =>
  key.startsWith('a:') ? (byId.get(key.slice(2)) ?? null) : null
