export const results = {
  computed: 'computed from the reference range',
  partial: 'preliminary result',
  corrected: 'corrected result',
  withdrawn: 'result withdrawn by the laboratory',
  performer: 'performed by {name}',
  otherRange: 'Reference range: {range}{hasCondition, select, yes { ({condition})} other {}}',
  absent:
    '{why, select, notdone {not done} pending {pending} negated {excluded} NA {not applicable} NASK {not asked} MSK {masked} other {not given}}',

  curve: 'Curve',
  curveOf: 'Curve of “{label}”: left and right arrows go from one value to the next',
  openCurve: '{label}: {count, plural, one {1 value} other {# values}}, curve and earlier values',
  pointAt: '{date}: {value}',
  and: ', ',
  band: 'Band: reference range {range}',
  noCurve: 'These values cannot be drawn as a curve.',
  sentence:
    '{count, plural, one {1 value, on {last}} other {# values from {first} to {last}}}; the latest is {value}{trend, select, up {, rising} down {, falling} same {, steady} other {}}.',
  convertedFrom: 'converted from {value}',

  valuesOf: 'Values of “{label}”',
  date: 'Date',
  undated: 'Undated',
  source: 'Source',
  thisDocument: 'This document',
  toldHere: 'Earlier value told by this document',
  byTraits: 'patient recognised by traits, without INS',
  openMessage: 'Open the message of {date}',
  historyFailed: 'The values of other messages could not be read.',

  antibiogram: 'Antibiogram',
  antibiogramOf: 'Antibiogram: {isolate}',
  antibiotic: 'Antibiotic',
  measured: 'Measure',
  susceptibility: 'Susceptibility',

  outOfRangeSummary:
    '{critical, plural, =0 {} one {1 critical value} other {# critical values}}{both, select, true {, } other {}}{abnormal, plural, =0 {} one {1 out-of-range value} other {# out-of-range values}}',
  usual: 'reference: {range}',
  noneOfPatient: 'No numeric result received for this patient.',
  showAll: 'All analytes ({count})',
}
