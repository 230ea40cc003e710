import type { Random } from './random.ts'

export type Interpretation = 'N' | 'L' | 'H' | 'LL' | 'HH' | 'A' | 'AA'

/** One measured quantity. Numbers are kept as written (decimal point); the narrative shows them with a comma. */
export interface Measurement {
  kind: 'quantity'
  label: string
  loinc: string
  loincLabel: string
  value: string
  /** `<` makes an IVL_PQ with a high bound. */
  comparator: '<' | null
  /** UCUM. */
  unit: string
  /** As people write it. */
  shownUnit: string
  low: string | null
  high: string | null
  interpretation: Interpretation
  method: string | null
  comment: string | null
  previous: readonly { value: string; date: Date }[]
}

/** A result that is a word. */
export interface Finding {
  kind: 'finding'
  label: string
  loinc: string
  loincLabel: string
  text: string
  /** CD refers to the narrative, ST carries the word. */
  type: 'CD' | 'ST'
  interpretation: Interpretation
}

export interface Isolate {
  organism: string
  snomed: string
  count: string
  antibiogram: readonly {
    label: string
    loinc: string
    mic: string
    bound: 'low' | 'high'
    result: 'S' | 'I' | 'R'
  }[]
}

export interface Chapter {
  code: string
  display: string
  title: string
  specimen: { code: string; display: string }
  results: readonly (Measurement | Finding)[]
  isolates: readonly Isolate[]
  comment: string | null
}

type Analyte = [
  label: string,
  loinc: string,
  loincLabel: string,
  unit: string,
  shownUnit: string,
  low: string | null,
  high: string | null,
  usual: number,
  spread: number,
  decimals: number,
]

const serum = 'Sérum/Plasma ; Numérique'
const blood = 'Sang ; Numérique'

const analytes = {
  biochemistry: [
    [
      'Potassium',
      '2823-3',
      `Potassium [Moles/Volume] ${serum}`,
      'mmol/L',
      'mmol/L',
      '3.5',
      '5.1',
      4.3,
      0.5,
      1,
    ],
    ['Sodium', '2951-2', `Sodium [Moles/Volume] ${serum}`, 'mmol/L', 'mmol/L', '136', '145', 140, 3, 0],
    [
      'Créatinine',
      '14682-9',
      `Créatinine [Moles/Volume] ${serum}`,
      'umol/L',
      'µmol/L',
      '50',
      '98',
      82,
      24,
      0,
    ],
    [
      'DFG (CKD-EPI)',
      '62238-1',
      `Débit de filtration glomérulaire [Débit] ${serum} ; CKD-EPI`,
      'mL/min/{1.73_m2}',
      'mL/min/1,73 m²',
      '60',
      null,
      78,
      16,
      0,
    ],
    ['CRP', '1988-5', `Protéine C réactive [Masse/Volume] ${serum}`, 'mg/L', 'mg/L', null, '5', 4, 3, 1],
    ['Urée', '22664-7', `Urée [Moles/Volume] ${serum}`, 'mmol/L', 'mmol/L', '2.8', '8.1', 5.9, 1.8, 1],
    [
      'Glycémie à jeun',
      '14771-0',
      `Glucose à jeun [Moles/Volume] ${serum}`,
      'mmol/L',
      'mmol/L',
      '3.9',
      '6.1',
      5.6,
      1.1,
      2,
    ],
    [
      'ALAT',
      '1742-6',
      `Alanine aminotransférase [Activité/Volume] ${serum}`,
      'U/L',
      'U/L',
      null,
      '41',
      31,
      16,
      0,
    ],
    ['Ferritine', '2276-4', `Ferritine [Masse/Volume] ${serum}`, 'ug/L', 'µg/L', '15', '150', 84, 52, 0],
    [
      'TSH',
      '3016-3',
      `Thyréostimuline (TSH) [Arbitraire/Volume] ${serum}`,
      'm[IU]/L',
      'mUI/L',
      '0.4',
      '4',
      2.1,
      1.4,
      2,
    ],
  ],
  haematology: [
    [
      'Hémoglobine',
      '718-7',
      `Hémoglobine [Masse/Volume] ${blood}`,
      'g/dL',
      'g/dL',
      '11.5',
      '16',
      13.4,
      1.5,
      1,
    ],
    ['Leucocytes', '6690-2', `Leucocytes [Nombre/Volume] ${blood}`, '10*9/L', 'G/L', '4', '10', 7.2, 2.4, 1],
    ['Plaquettes', '777-3', `Plaquettes [Nombre/Volume] ${blood}`, '10*9/L', 'G/L', '150', '400', 248, 70, 0],
    ['VGM', '787-2', `Volume globulaire moyen [Volume] ${blood}`, 'fL', 'fL', '80', '100', 90, 6, 0],
  ],
  haemostasis: [
    ['INR', '6301-6', 'INR [Ratio] Plasma ; Numérique', '1', '', '2', '3', 2.5, 0.7, 1],
    [
      'TCA (rapport)',
      '63561-5',
      'Temps de céphaline activée, rapport [Ratio] Plasma ; Numérique',
      '1',
      '',
      null,
      '1.2',
      1.05,
      0.15,
      2,
    ],
    [
      'Fibrinogène',
      '3255-7',
      'Fibrinogène [Masse/Volume] Plasma ; Numérique',
      'g/L',
      'g/L',
      '2',
      '4',
      3.1,
      0.8,
      1,
    ],
  ],
} as const satisfies Record<string, readonly Analyte[]>

/** Where a value stands against its range; 30 % beyond a bound counts as critical. */
function judge(value: number, low: string | null, high: string | null): Interpretation {
  if (high !== null && value > Number(high)) return value > Number(high) * 1.9 ? 'HH' : 'H'
  if (low !== null && value < Number(low)) return value < Number(low) * 0.7 ? 'LL' : 'L'
  return 'N'
}

function measure(row: Analyte, random: Random, previousDates: readonly Date[]): Measurement {
  const [label, loinc, loincLabel, unit, shownUnit, low, high, usual, spread, decimals] = row
  const draw = (): string =>
    Math.max(usual + (random.next() + random.next() - 1) * spread * 1.6, usual / 10).toFixed(decimals)
  const value = draw()
  return {
    kind: 'quantity',
    label,
    loinc,
    loincLabel,
    value,
    comparator: label === 'CRP' && Number(value) < 1 ? '<' : null,
    unit,
    shownUnit,
    low,
    high,
    interpretation: judge(Number(value), low, high),
    method: random.chance(0.5) ? 'Technique automatisée' : null,
    comment: null,
    previous: previousDates.map((date) => ({ value: draw(), date })),
  }
}

const codes = {
  biochemistry: {
    code: '18719-5',
    display: 'Biochimie',
    title: 'BIOCHIMIE',
    specimen: { code: 'SER', display: 'Sérum' },
  },
  haematology: {
    code: '18723-7',
    display: 'Hématologie',
    title: 'HÉMATOLOGIE',
    specimen: { code: 'BLD', display: 'Sang total' },
  },
  haemostasis: {
    code: '18720-3',
    display: 'Hémostase',
    title: 'HÉMOSTASE',
    specimen: { code: 'PLAS', display: 'Plasma' },
  },
} as const

/** A chapter with values drawn around the usual ones. */
export function drawChapter(
  name: keyof typeof analytes,
  random: Random,
  previousDates: readonly Date[],
): Chapter {
  return {
    ...codes[name],
    results: analytes[name].map((row) => measure(row, random, previousDates)),
    isolates: [],
    comment:
      name === 'haemostasis' ? 'Sous antivitamine K : zone thérapeutique à adapter à l’indication.' : null,
  }
}

/** The urine culture with its antibiogram. */
export function urineCulture(): Chapter {
  const leucocytes: Measurement = {
    kind: 'quantity',
    label: 'Leucocytes urinaires',
    loinc: '30405-5',
    loincLabel: 'Leucocytes [Nombre/Volume] Urine ; Numérique',
    value: '480000',
    comparator: null,
    unit: '/mL',
    shownUnit: '/mL',
    low: null,
    high: '10000',
    interpretation: 'A',
    method: 'Cytométrie en flux',
    comment: null,
    previous: [],
  }
  return {
    code: '18725-2',
    display: 'Microbiologie',
    title: 'Examen cytobactériologique des urines (ECBU)',
    specimen: { code: 'UR', display: 'Urine' },
    results: [
      {
        kind: 'finding',
        label: 'Aspect',
        loinc: '5767-9',
        loincLabel: 'Aspect [Aspect] Urine ; Résultat nominal',
        text: 'trouble',
        type: 'CD',
        interpretation: 'A',
      },
      leucocytes,
      {
        kind: 'finding',
        label: 'Nitrites',
        loinc: '5802-4',
        loincLabel: 'Nitrites [Présence] Urine ; Résultat nominal',
        text: 'positif',
        type: 'ST',
        interpretation: 'AA',
      },
    ],
    isolates: [
      {
        organism: 'Escherichia coli',
        snomed: '112283007',
        count: '1000000',
        antibiogram: [
          { label: 'Amoxicilline', loinc: '16-6', mic: '32', bound: 'low', result: 'R' },
          { label: 'Amoxicilline + acide clavulanique', loinc: '20-8', mic: '8', bound: 'low', result: 'I' },
          { label: 'Fosfomycine', loinc: '25596-8', mic: '4', bound: 'high', result: 'S' },
          { label: 'Nitrofurantoïne', loinc: '363-2', mic: '16', bound: 'high', result: 'S' },
        ],
      },
    ],
    comment: 'Souche sauvage. Traitement à réévaluer à 48 heures.',
  }
}

export interface PotassiumCase {
  potassium: string
  sodium: string
  creatinine: string
  dfg: string
  crp: string
}

/** The landmark's chapter: five chosen values, with those of the earlier report as antecedents. */
export function potassiumChapter(
  values: PotassiumCase,
  previous: { values: PotassiumCase; date: Date } | null,
): Chapter {
  const rows = analytes.biochemistry
  const row = (analyte: Analyte, key: keyof PotassiumCase, comment: string | null): Measurement => {
    const [label, loinc, loincLabel, unit, shownUnit, low, high] = analyte
    const value = values[key]
    // 6,4 mmol/L of potassium is a vital alert, though far below twice the upper bound.
    const critical = key === 'potassium' && Number(value) >= 6
    return {
      kind: 'quantity',
      label,
      loinc,
      loincLabel,
      value,
      comparator: null,
      unit,
      shownUnit,
      low,
      high,
      interpretation: critical ? 'HH' : judge(Number(value), low, high),
      method: null,
      comment,
      previous: previous === null ? [] : [{ value: previous.values[key], date: previous.date }],
    }
  }
  const alert = Number(values.potassium) >= 6
  return {
    ...codes.biochemistry,
    results: [
      row(
        rows[0],
        'potassium',
        alert ? 'Valeur critique, contrôlée sur second prélèvement, non hémolysé.' : null,
      ),
      row(rows[1], 'sodium', null),
      row(rows[2], 'creatinine', null),
      row(rows[3], 'dfg', null),
      row(rows[4], 'crp', null),
    ],
    isolates: [],
    comment: alert ? 'Résultat téléphoné au cabinet à 09:20. ECG à discuter.' : null,
  }
}
