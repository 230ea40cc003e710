/** One entry of the list: a domain as one operator holds it. */
export interface ListEntry {
  name: string
  description?: string
  operator?: string
}

const escaped = (text: string): string =>
  text.replace(/[<>&]/g, (letter) => `&#${String(letter.charCodeAt(0))};`)

/** The list of the trust space's domains as its server gives it (mssante-client.md §5). */
export const domainListXml = (entries: readonly ListEntry[], generatedAt: Date): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<ListeBlanche xmlns="https://listeblanche.mssante.fr/schema">\n` +
  `<DateDeGeneration>${generatedAt.toISOString().slice(0, 19)}</DateDeGeneration>\n` +
  entries
    .map(({ name, description = `Domaine fictif ${name}`, operator = 'Opérateur de démonstration' }) =>
      [
        '<Domaine>',
        `<Nom>${escaped(name)}</Nom><Description>${escaped(description)}</Description>`,
        `<DNCertificatOperateur><CN>${escaped(operator)}</CN><OU>0002 99700000000</OU><O>${escaped(operator)}</O>`,
        '<ST>Paris (75)</ST><C>FR</C></DNCertificatOperateur>',
        '<ResponsableContact>fictif@exemple.test</ResponsableContact><SupportContact>fictif@exemple.test</SupportContact>',
        '<DateMAJ>2026-11-01</DateMAJ></Domaine>',
      ].join(''),
    )
    .join('\n') +
  '\n</ListeBlanche>\n'
