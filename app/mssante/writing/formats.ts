import type { Coded } from './coded.ts'
import type { CdaFacts } from './facts.ts'

const ihe = '1.3.6.1.4.1.19376.1.2.3'
const ans = '1.2.250.1.213.1.1.4.2.282'
const model = '1.2.250.1.213.1.1.1.'

/**
 * formatCode by model of the ANS (ASS_A11, rev. 29/06/2026): the end of the template, the URN, its name (of TRE_A06; those of IHE in
 * our words).
 */
const rows = `
5.1|asip:ci-sis:cse-cs8:2017|Certificat de santé du 8ème jour de l'enfant
5.2|asip:ci-sis:cse-cs9:2017|Certificat de santé du 9ème mois de l'enfant
5.3|asip:ci-sis:cse-cs24:2017|Certificat de santé du 24ème mois de l'enfant
5.4|ans:ci-sis:cse-mde:2023|Mesures de signes vitaux
8|asip:ci-sis:frcp:2011|Fiche de réunion de concertation pluridisciplinaire
9|asip:ci-sis:idap:2011|Information et Directives anticipées du patient
10|asip:ci-sis:cva:2017|Carnet de vaccination électronique
12.1|asip:ci-sis:obp-sap:2023|Synthèse antepartum
12.2|asip:ci-sis:obp-snm:2023|Synthèse Salle de Naissance Mère
12.3|asip:ci-sis:obp-sne:2023|Synthèse Salle de Naissance Enfant
12.4|asip:ci-sis:obp-scm:2023|Synthèse Suites de Couches Mère
12.5|asip:ci-sis:obp-sem:2023|Synthèse Enfant en Maternité
13|asip:ci-sis:vsm:2012|Synthèse médicale
15|asip:ci-sis:aunv:2013|Fiche d'admission en unité neuro-vasculaire
16|asip:ci-sis:eunv:2013|Fiche d'épisode de soin en unité neuro-vasculaire
17|asip:ci-sis:sunv:2013|Fiche de sortie d'unité neuro-vasculaire
18|asip:ci-sis:crrtn:2013|Compte-rendu de rétinographie
2.1.1|asip:ci-sis:avk:2009|Fiche patient à risque en cardiologie - Traitement AVK
2.1.2|asip:ci-sis:tap:2009|Fiche patient à risque en cardiologie - Trait. antiagrég. plaquettaire, stent
2.1.3|asip:ci-sis:dci:2009|Fiche patient à risque en cardiologie - Défibrillateur cardiaque interne
2.1.4|asip:ci-sis:psc:2009|Fiche patient à risque en cardiologie - Porteur d'un stimulateur cardiaque
2.1.5|asip:ci-sis:ppv:2009|Fiche patient à risque en cardiologie - Porteur d'une prothèse valvulaire
20|asip:ci-sis:pps-paerpa:2017|Plan Personnalisé de Santé - PAERPA
21|asip:ci-sis:ldl-ees:2017|Lettre de Liaison à l'entrée d'un établissement de santé
22|asip:ci-sis:dlu:2015|Document de liaison d'urgence
23|asip:ci-sis:fludt:2017|Fiche de liaison d'urgence - Transfert de l'EHPAD vers les urgences
24|asip:ci-sis:fludr:2017|Fiche de liaison d'urgence - Retour des urgences vers l'EHPAD
25|asip:ci-sis:pavc:2016|CR consultation d'évaluation pluri-professionnelle post AVC
26|asip:ci-sis:pps-cancer:2017|Programme Personnalisé de Soins - Cancer
27|asip:ci-sis:d2lm-fin:2017|D2LM - Fiche d'interprétation nationale
28|asip:ci-sis:d2lm-fidd:2017|D2LM - Fiche d'interprétation du bilan de diagnostic différé
29|asip:ci-sis:ldl-ses:2017|Lettre de Liaison à la sortie de l'établissement de santé
30|asip:ci-sis:sdm-mr:2017|Set de Données Minimum - Maladies Rares
32|asip:ci-sis:crgm:2018|Compte rendu de génétique moléculaire
36|asip:ci-sis:hr:2019|Données de remboursement
37|asip:ci-sis:vac:2019|Historique des vaccinations
38|asip:ci-sis:tlm-da:2020|Demande d'acte de télémédecine
40|asip:ci-sis:cr-anest:2020|Compte rendu d'anesthésie
41|asip:ci-sis:cr-cpa:2020|Compte rendu de consultation pré-anesthésique
46|asip:ci-sis:vac-note:2021|Note de vaccination
47|ans:ci-sis:img-da:2022|Demande d'actes d'imagerie
48|asip:ci-sis:dlu-dlu-dom:2022|Document de liaison d'urgence DOM
49|asip:ci-sis:dlu-fludt-dom:2022|Fiche de liaison d'urgence - Transfert du domicile vers les urgences
50|asip:ci-sis:dlu-fludr-dom:2022|Fiche de liaison d'urgence - Retour des urgences vers le domicile
52|ans:ci-sis:bio-ep-bio:2022|Prescription d'actes de biologie médicale
56|asip:ci-sis:ppp:2023|Plan personnalisé de prévention
58|asip:ci-sis:export-dui:2023|Export du Dossier Usager informatisé
39|ihe:pharm:pre:2010|Prescription
54|ihe:pharm:dis:2010|Dispensation
42|ihe:eyecare:geneyeevalcn:2014|Ophtalmologie
43|ihe:eyecare:geneyeevalcn:2014|Ophtalmologie
44|ihe:eyecare:geneyeevalcn:2014|Ophtalmologie
45|ihe:rad:CDA:ImagingReportStructuredHeadings:2013|CR d’imagerie médicale
51|ihe:pcc:ips:2020|Patient Summary
55|ihe:lab:xd-lab:2008|CR d’examens biologiques
57|ihe:palm:apsr:2016|CR d’anatomie et de cytologie pathologiques
`
const coded = (code: string, display: string): Coded => ({
  code,
  display,
  system: code.startsWith('urn:ihe:') ? ihe : ans,
})
const byTemplate = new Map<string, Coded>([
  ['1.3.6.1.4.1.19376.1.3.3', coded('urn:ihe:lab:xd-lab:2008', 'CR d’examens biologiques')],
  ...rows
    .trim()
    .split('\n')
    .map((row): [string, Coded] => {
      const [template = '', urn = '', display = ''] = row.split('|')
      return [`${model}${template}`, coded(`urn:${urn}`, display)]
    }),
])

/** The format of a document (XDS formatCode): of N1 by its media, of N3 by its models. */
export const formatOf = (facts: CdaFacts): Coded => {
  if (facts.level === 'N1')
    return facts.mediaType === 'text/plain'
      ? {
          code: 'urn:ihe:iti:xds-sd:text:2008',
          display: 'Document à corps non structuré en texte',
          system: ihe,
        }
      : {
          code: 'urn:ihe:iti:xds-sd:pdf:2008',
          display: 'Document à corps non structuré en Pdf/A-1',
          system: ihe,
        }
  for (const template of facts.templates) {
    const format = byTemplate.get(template)
    if (format) return format
  }
  return {
    code: 'urn:asipSante:modelesHorsProfils:2011',
    display: 'Document non référencé IHE ou CI-SIS',
    system: ans,
  }
}
