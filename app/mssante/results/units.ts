import type { Analyte } from './analytes.ts'

/** A number in another unit is `number × factor + offset`. */
export interface Conversion {
  factor: number
  offset: number
}

const prefixes: Readonly<Record<string, number>> = {
  '': 1,
  G: 1e9,
  M: 1e6,
  k: 1e3,
  d: 1e-1,
  c: 1e-2,
  m: 1e-3,
  µ: 1e-6,
  n: 1e-9,
  p: 1e-12,
  f: 1e-15,
}

/** What is counted, in what: `mmol/L` is 10⁻³ of `mol` per litre. */
interface Quantity {
  dimension:
    'mass' | 'substance' | 'charge' | 'activity' | 'units' | 'cells' | 'fraction' | 'substance-fraction'
  scale: number
}

const dimensions: Readonly<Record<string, Quantity['dimension']>> = {
  g: 'mass',
  mol: 'substance',
  eq: 'charge',
  kat: 'activity',
  UI: 'units',
}

/** Katals of one enzyme unit: µmol per minute. */
const katalsPerUnit = 1e-6 / 60

const powers = '⁰¹²³⁴⁵⁶⁷⁸⁹'
const superscripts = new RegExp(`[${powers}]+`, 'g')
const plain = (unit: string): string =>
  unit
    .trim()
    .replace(/[\u03bcu](?=mol|g|kat|L|l|UI|IU|U\b|eq)/g, 'µ')
    .replace(/\s+/g, '')
    .replace(superscripts, (digits) => `^${[...digits].map((d) => powers.indexOf(d)).join('')}`)
    .replace(/10[*^]+(?=\d)/g, '10^')
    .replace(/\/([dcmµ]?)l$/, '/$1L')

const volumes: Readonly<Record<string, number>> = {
  L: 1,
  dL: 0.1,
  mL: 1e-3,
  µL: 1e-6,
  mm3: 1e-6,
  'mm^3': 1e-6,
}

/** Reads a printed unit; null for those that no factor relates to others. */
export const quantityOf = (unit: string): Quantity | null => {
  const text = plain(unit)
  if (text === '%') return { dimension: 'fraction', scale: 0.01 }
  if (text === 'mmol/mol') return { dimension: 'substance-fraction', scale: 1e-3 }
  if (text === 'L/L') return { dimension: 'fraction', scale: 1 }
  const [counted = '', volume = '', ...rest] = text.split('/')
  const litres = Object.hasOwn(volumes, volume) ? volumes[volume] : undefined
  if (litres === undefined || rest.length > 0) return null
  // Cells: « 10⁹/L », « G/L », « /mm³ », « 10³/mm³ ».
  const cells = /^(?:(\d+)\^(\d+)|([GTM])|)$/.exec(counted)
  if (cells) {
    const number = cells[1] !== undefined ? Number(cells[1]) ** Number(cells[2]) : letter(cells[3])
    return { dimension: 'cells', scale: number / litres }
  }
  const measured = /^([GMkdcmµnpf]?)(g|mol|eq|kat|UI|IU|U)$/.exec(counted)
  if (!measured) return null
  const scale = (prefixes[measured[1] ?? ''] ?? NaN) / litres
  const name = measured[2] ?? ''
  // Enzymes are in U or UI alike; hormones in UI have no katal, and are compared with UI only.
  const dimension = name === 'U' || name === 'IU' ? 'units' : dimensions[name]
  return dimension === undefined ? null : { dimension, scale }
}

const letter = (power: string | undefined): number =>
  power === 'T' ? 1e12 : power === 'G' ? 1e9 : power === 'M' ? 1e6 : 1

/**
 * How numbers of one printed unit become those of another, for this analyte (null: any). Null when no factor is known: the
 * mass of a mole must be known to go from g/L to mmol/L (LGC.MDV.09).
 */
export const conversionOf = (
  from: string | null,
  to: string | null,
  analyte: Analyte | null,
): Conversion | null => {
  if (from === to) return { factor: 1, offset: 0 }
  if (from === null || to === null) return null
  const source = quantityOf(from)
  const target = quantityOf(to)
  if (!source || !target) return plain(from) === plain(to) ? { factor: 1, offset: 0 } : null
  const scale = source.scale / target.scale
  if (source.dimension === target.dimension) return { factor: scale, offset: 0 }
  const pair = `${source.dimension}>${target.dimension}`
  // The IFCC–NGSP master equation: % = 0.09148 × mmol/mol + 2.152.
  if (analyte?.id === 'hba1c') {
    if (pair === 'substance-fraction>fraction') return { factor: 0.09148, offset: 2.152 }
    if (pair === 'fraction>substance-fraction') return { factor: 1 / 0.09148, offset: -2.152 / 0.09148 }
    return null
  }
  const molarMass = analyte?.molarMass ?? null
  const charge = analyte?.charge ?? null
  if (molarMass !== null && pair === 'mass>substance') return { factor: scale / molarMass, offset: 0 }
  if (molarMass !== null && pair === 'substance>mass') return { factor: scale * molarMass, offset: 0 }
  if (charge !== null && pair === 'charge>substance') return { factor: scale / charge, offset: 0 }
  if (charge !== null && pair === 'substance>charge') return { factor: scale * charge, offset: 0 }
  if (pair === 'units>activity') return { factor: scale * katalsPerUnit, offset: 0 }
  if (pair === 'activity>units') return { factor: scale / katalsPerUnit, offset: 0 }
  return null
}

/** A converted number, to four significant digits: more would pretend a precision nobody measured. */
export const convert = (number: number, { factor, offset }: Conversion): number =>
  factor === 1 && offset === 0 ? number : Number((number * factor + offset).toPrecision(4))
