/** One laboratory section with a result of every data type and every way of having none (clinical-documents.md §10). */
import { xml, type Xml } from './xml.ts'
import type { Section } from './cda-body.ts'

const resultTemplate = xml`<templateId root="1.3.6.1.4.1.19376.1.3.1.6"/><templateId root="1.2.250.1.213.1.1.3.80"/>`

interface Entry {
  name: string
  value: Xml | null
  attributes?: Xml
  status?: string
  /** After the value: interpretation, ranges, earlier values. */
  rest?: Xml
}

const entries: readonly Entry[] = [
  {
    name: 'PQ',
    value: xml`<value xsi:type="PQ" value="6.40" unit="mmol/L"><translation value="6.40" code="meq/L" codeSystem="2.16.840.1.113883.6.8" displayName="meq/L"/></value>`,
    rest: xml`<interpretationCode code="H" codeSystem="2.16.840.1.113883.5.83"/><interpretationCode code="HH" codeSystem="2.16.840.1.113883.5.83"/><methodCode code="X" displayName="Potentiométrie" codeSystem="1.2.250.1.213.2.3.5"/><entryRelationship typeCode="REFR"><observation classCode="OBS" moodCode="EVN"><code code="2823-3" codeSystem="2.16.840.1.113883.6.1"/><effectiveTime value="20251001080000+0200"/><value xsi:type="PQ" value="4.6" unit="mmol/L"/></observation></entryRelationship><referenceRange><observationRange><value xsi:type="IVL_PQ"><low value="3.5" unit="mmol/L"/><high value="5.1" unit="mmol/L"/></value><interpretationCode code="N" codeSystem="2.16.840.1.113883.5.83"/><precondition><criterion><code code="ADULTE" displayName="adulte"/></criterion></precondition></observationRange></referenceRange><referenceRange><observationRange><value xsi:type="IVL_PQ"><low value="3.40" unit="mmol/L"/><high value="5.2000" unit="mmol/L"/></value></observationRange></referenceRange>`,
  },
  {
    name: 'IVL_PQ',
    value: xml`<value xsi:type="IVL_PQ"><high value="0.5" unit="mg/L" inclusive="false"/></value>`,
    rest: xml`<referenceRange><observationRange><value xsi:type="IVL_PQ"><high value="5" unit="mg/L"/></value></observationRange></referenceRange>`,
  },
  { name: 'REAL', value: xml`<value xsi:type="REAL" value="2.0"/>` },
  { name: 'INT', value: xml`<value xsi:type="INT" value="12"/>` },
  {
    name: 'RTO',
    value: xml`<value xsi:type="RTO_PQ_PQ"><numerator value="1"/><denominator value="640"/></value>`,
  },
  { name: 'CD', value: xml`<value xsi:type="c:CD" code="POS" displayName="positif"/>` },
  { name: 'ST', value: xml`<value xsi:type="ST">trouble</value>` },
  {
    name: 'ED',
    value: xml`<value xsi:type="ED" mediaType="text/plain" representation="B64">bGlxdWlkZSBjbGFpcg==</value>`,
  },
  { name: 'BL', value: xml`<value xsi:type="BL" value="true"/>` },
  { name: 'TS', value: xml`<value xsi:type="TS" value="20260112"/>` },
  { name: 'nullFlavor', value: xml`<value xsi:type="PQ" nullFlavor="NAV"/>` },
  { name: 'negationInd', value: null, attributes: xml` negationInd="true"` },
  { name: 'aborted', value: null, status: 'aborted' },
  {
    name: 'texte',
    value: xml`<value xsi:type="PQ" value="12" unit="g/dL"/>`,
    rest: xml`<referenceRange><observationRange><text>selon l’âge</text></observationRange></referenceRange>`,
  },
]

/** Names of the entries, in order: each is also the label of its result. */
export const resultNames = entries.map(({ name }) => name)

export function resultSection(): Section {
  return {
    templates: ['1.3.6.1.4.1.19376.1.3.3.2.1', '1.2.250.1.213.1.1.2.70'],
    code: '18719-5',
    display: 'Biochimie',
    title: 'Biochimie de démonstration',
    text: xml`<table><thead><tr><th>Examen</th></tr></thead><tbody>${entries.map(({ name }) => xml`<tr><td><content ID="r-${name}">${name}</content></td></tr>`)}</tbody></table>`,
    entries: [
      xml`<entry typeCode="DRIV"><templateId root="1.2.250.1.213.1.1.3.21"/><act classCode="ACT" moodCode="EVN"><code code="18719-5" codeSystem="2.16.840.1.113883.6.1"/><statusCode code="completed"/><entryRelationship typeCode="COMP"><organizer classCode="BATTERY" moodCode="EVN"><code code="IONO" displayName="Ionogramme"/><statusCode code="completed"/>${entries.map(
        ({ name, value, attributes, status, rest }) =>
          xml`<component><observation classCode="OBS" moodCode="EVN"${attributes ?? null}>${resultTemplate}<code code="2823-3" codeSystem="2.16.840.1.113883.6.1"><originalText><reference value="#r-${name}"/></originalText></code><statusCode code="${status ?? 'completed'}"/><effectiveTime value="20260112073000+0100"/>${value}${rest ?? null}</observation></component>`,
      )}</organizer></entryRelationship></act></entry>`,
    ],
  }
}
