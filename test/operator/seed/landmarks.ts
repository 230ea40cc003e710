/**
 * The messages that the demo and the end-to-end tests look for. Subjects are what a window shows (without the technical
 * prefix); every one stands in anne's INBOX.
 */
export const landmarks = {
  potassium: {
    messageId: '<demo-potassium@bioval.mssante.test>',
    from: 'Laboratoire BioVal Démo',
    time: '09:31',
    subject: "XDM/1.0/DDM+CR d'examens biologiques DUPONT Marie 26/11/1978",
    shownSubject: "CR d'examens biologiques DUPONT Marie 26/11/1978",
    patient: { birthName: 'DUPONT', givenName: 'Marie', sex: 'F', birthDate: '26/11/1978' },
    signed: true,
    values: { potassium: '6.4', sodium: '138', creatinine: '112', dfg: '51', crp: '3.1' },
    previousValues: { potassium: '4.6', sodium: '139', creatinine: '96', dfg: '62', crp: '2.4' },
    /** How long before the landmark the earlier report was sent (22/11 − 41 days = 12/10). */
    previousDays: 41,
    words: ['Kaliémie contrôlée sur second prélèvement', 'Potassium'],
  },
  consultation: {
    messageId: '<demo-consultation@medecin.mssante.test>',
    from: 'Dr Paul BERNARD',
    time: '09:12',
    subject: 'XDM/1.0/DDM+CR ou fiche de consultation ou de visite LEROY Jean 03/02/1951',
    shownSubject: 'CR ou fiche de consultation ou de visite LEROY Jean 03/02/1951',
    patient: { birthName: 'LEROY', givenName: 'Jean', sex: 'M', birthDate: '03/02/1951' },
    signed: true,
    words: ['suivi d’insuffisance cardiaque'],
  },
  patientReply: {
    messageId: '<demo-renouvellement@patient.mssante.test>',
    from: 'Léo DURAND',
    time: '08:47',
    subject: 'Re: renouvellement de traitement',
    shownSubject: 'Re: renouvellement de traitement',
    patient: { birthName: 'DURAND', givenName: 'Léo', sex: 'M', birthDate: '14/06/1990' },
    signed: false,
    words: ['renouvellement de traitement'],
  },
  imaging: {
    messageId: '<demo-irm-lombaire@imagerie-rive-gauche.mssante.test>',
    from: 'Imagerie Rive Gauche',
    time: '08:05',
    subject: "XDM/1.0/DDM+CR d'imagerie médicale MOREAU Claire 09/09/1969",
    shownSubject: "CR d'imagerie médicale MOREAU Claire 09/09/1969",
    patient: { birthName: 'MOREAU', givenName: 'Claire', sex: 'F', birthDate: '09/09/1969' },
    signed: false,
    words: ['IRM lombaire'],
  },
  emergency: {
    messageId: '<demo-urgences@hopital-lilas.mssante.test>',
    from: 'Urgences - Hôpital des Lilas',
    time: '14:20',
    subject: 'XDM/1.0/DDM+CR de passage aux urgences PETIT Hugo 21/01/2015',
    shownSubject: 'CR de passage aux urgences PETIT Hugo 21/01/2015',
    patient: { birthName: 'PETIT', givenName: 'Hugo', sex: 'M', birthDate: '21/01/2015' },
    signed: false,
    words: ['trottinette'],
  },
} as const
