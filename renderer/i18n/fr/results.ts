/** Laboratory results: table, earlier values, curves, antibiograms. */
export const results = {
  computed: 'calculé d’après les valeurs usuelles',
  partial: 'résultat provisoire',
  corrected: 'résultat corrigé',
  withdrawn: 'résultat annulé par le laboratoire',
  performer: 'réalisé par {name}',
  otherRange: 'Valeurs usuelles : {range}{hasCondition, select, yes { ({condition})} other {}}',
  absent:
    '{why, select, notdone {non réalisé} pending {en attente} negated {exclu} NA {sans objet} NASK {non demandé} MSK {masqué} other {non renseigné}}',

  curve: 'Courbe',
  curveOf: 'Courbe de « {label} » : flèches gauche et droite d’une valeur à l’autre',
  openCurve: '{label} : {count, plural, one {1 valeur} other {# valeurs}}, courbe et antériorités',
  pointAt: '{date} : {value}',
  and: ', ',
  band: 'Bande : valeurs usuelles {range}',
  noCurve: 'Ces valeurs ne se tracent pas en courbe.',
  sentence:
    '{count, plural, one {1 valeur, le {last}} other {# valeurs du {first} au {last}}} ; la dernière est {value}{trend, select, up {, en hausse} down {, en baisse} same {, stable} other {}}.',
  convertedFrom: 'converti de {value}',

  valuesOf: 'Valeurs de « {label} »',
  date: 'Date',
  undated: 'Sans date',
  source: 'Origine',
  thisDocument: 'Ce document',
  toldHere: 'Antériorité citée par ce document',
  byTraits: 'patient reconnu par ses traits, sans INS',
  openMessage: 'Ouvrir le message du {date}',
  historyFailed: 'Les valeurs des autres messages n’ont pas pu être lues.',

  antibiogram: 'Antibiogramme',
  antibiogramOf: 'Antibiogramme : {isolate}',
  antibiotic: 'Antibiotique',
  measured: 'Mesure',
  susceptibility: 'Sensibilité',

  outOfRangeSummary:
    '{critical, plural, =0 {} one {1 valeur critique} other {# valeurs critiques}}{both, select, true {, } other {}}{abnormal, plural, =0 {} one {1 valeur hors norme} other {# valeurs hors norme}}',
  usual: 'usuelles : {range}',
  noneOfPatient: 'Aucun résultat chiffré reçu pour ce patient.',
  showAll: 'Tous les examens ({count})',
}
