import type { Chapter, Finding, Interpretation, Isolate, Measurement } from './biology-panels.ts'
import { loinc, type CdaHeader } from './cda-header.ts'
import { fictitiousNotice, type Section } from './cda-body.ts'
import { frenchDay, frenchMoment, hl7Time } from './paris-time.ts'
import { professionalName } from './professionals.ts'
import { xml, type Xml } from './xml.ts'

const interpretationSystem = '2.16.840.1.113883.5.83'
const interpretationLabels: Record<Interpretation, string> = {
  N: 'Normal',
  L: 'Anormalement bas',
  H: 'Anormalement haut',
  LL: 'Très anormalement bas',
  HH: 'Très anormalement haut',
  A: 'Anormal',
  AA: 'Très anormal',
}
const sensitivity = { S: 'Sensible', I: 'Intermédiaire', R: 'Résistant' } as const

/** French decimal comma. */
export function comma(value: string): string {
  return value.replace('.', ',')
}

/** `3,5 – 5,1`, `> 60`, `< 5`, or nothing. */
export function shownRange(result: Measurement): string {
  if (result.low !== null && result.high !== null) return `${comma(result.low)} – ${comma(result.high)}`
  if (result.low !== null) return `> ${comma(result.low)}`
  return result.high === null ? '' : `< ${comma(result.high)}`
}

/** The value as people read it, with its flag when it is not normal. */
export function shownValue(result: Measurement | Finding): string {
  const flag = result.interpretation === 'N' ? '' : ` ${result.interpretation}`
  if (result.kind === 'finding') return `${result.text}${flag}`
  return `${result.comparator === null ? '' : '< '}${comma(result.value)}${flag}`
}

function observation(code: Xml, rest: Xml): Xml {
  return xml`<observation classCode="OBS" moodCode="EVN">
                  <templateId root="1.3.6.1.4.1.19376.1.3.1.6"/>
                  <templateId root="1.2.250.1.213.1.1.3.80"/>
                  ${code}
                  <statusCode code="completed"/>
                  ${rest}
                </observation>`
}

function analyteCode(result: { loinc: string; loincLabel: string }, anchor: string): Xml {
  return xml`<code code="${result.loinc}" displayName="${result.loincLabel}" codeSystem="${loinc}" codeSystemName="LOINC"><originalText><reference value="#${anchor}"/></originalText></code>`
}

function quantity(result: Measurement): Xml {
  if (result.comparator === '<') {
    return xml`<value xsi:type="IVL_PQ"><high value="${result.value}" unit="${result.unit}" inclusive="false"/></value>`
  }
  return xml`<value xsi:type="PQ" value="${result.value}" unit="${result.unit}"/>`
}

function interpretation(code: Interpretation): Xml {
  return xml`<interpretationCode code="${code}" displayName="${interpretationLabels[code]}" codeSystem="${interpretationSystem}"/>`
}

function bound(name: 'low' | 'high', value: string | null, unit: string): Xml | null {
  return value === null ? null : xml`<${{ xml: name }} value="${value}" unit="${unit}"/>`
}

function measurementEntry(result: Measurement, anchor: string, at: Date): Xml {
  const comment =
    result.comment === null
      ? null
      : xml`<entryRelationship typeCode="SUBJ" inversionInd="true">
                    <act classCode="ACT" moodCode="EVN">
                      <templateId root="2.16.840.1.113883.10.20.1.40"/>
                      <templateId root="1.3.6.1.4.1.19376.1.5.3.1.4.2"/>
                      <templateId root="1.2.250.1.213.1.1.3.32"/>
                      <code code="48767-8" displayName="Commentaire" codeSystem="${loinc}"/>
                      <text><reference value="#${anchor}-commentaire"/></text>
                      <statusCode code="completed"/>
                    </act>
                  </entryRelationship>`
  const range =
    result.low === null && result.high === null
      ? null
      : xml`<referenceRange typeCode="REFV">
                    <observationRange classCode="OBS" moodCode="EVN.CRT">
                      <value xsi:type="IVL_PQ">${bound('low', result.low, result.unit)}${bound('high', result.high, result.unit)}</value>
                      ${interpretation('N')}
                    </observationRange>
                  </referenceRange>`
  return observation(
    analyteCode(result, anchor),
    xml`<effectiveTime value="${hl7Time(at)}"/>
                  ${quantity(result)}
                  ${interpretation(result.interpretation)}
                  ${result.method === null ? null : xml`<methodCode><originalText>${result.method}</originalText></methodCode>`}
                  ${result.previous.map(
                    (earlier) => xml`<entryRelationship typeCode="REFR">
                    <observation classCode="OBS" moodCode="EVN">
                      <code code="${result.loinc}" displayName="${result.loincLabel}" codeSystem="${loinc}"/>
                      <statusCode code="completed"/>
                      <effectiveTime value="${hl7Time(earlier.date)}"/>
                      <value xsi:type="PQ" value="${earlier.value}" unit="${result.unit}"/>
                    </observation>
                  </entryRelationship>`,
                  )}
                  ${comment}
                  ${range}`,
  )
}

function findingEntry(result: Finding, anchor: string, at: Date): Xml {
  const value =
    result.type === 'ST'
      ? xml`<value xsi:type="ST">${result.text}</value>`
      : xml`<value xsi:type="CD"><originalText><reference value="#${anchor}-resultat"/></originalText></value>`
  return observation(
    analyteCode(result, anchor),
    xml`<effectiveTime value="${hl7Time(at)}"/>${value}${interpretation(result.interpretation)}`,
  )
}

function isolateEntry(isolate: Isolate, anchor: string, at: Date, uuid: string): Xml {
  const count = { loinc: '51480-2', loincLabel: 'Bactérie [Nombre/Volume] Urine ; Numérique' }
  return xml`<entryRelationship typeCode="COMP">
              <organizer classCode="CLUSTER" moodCode="EVN">
                <templateId root="1.3.6.1.4.1.19376.1.3.1.5"/>
                <templateId root="1.2.250.1.213.1.1.3.79"/>
                <statusCode code="completed"/>
                <effectiveTime value="${hl7Time(at)}"/>
                <specimen typeCode="SPC"><specimenRole classCode="SPEC"><id root="${uuid}"/><specimenPlayingEntity classCode="MIC"><code code="${isolate.snomed}" displayName="${isolate.organism}" codeSystem="2.16.840.1.113883.6.96" codeSystemName="SNOMED CT"><originalText><reference value="#${anchor}"/></originalText></code></specimenPlayingEntity></specimenRole></specimen>
                <component>${observation(analyteCode(count, `${anchor}-compte`), xml`<effectiveTime value="${hl7Time(at)}"/><value xsi:type="PQ" value="${isolate.count}" unit="/mL"/>`)}</component>
                <component>
                  <organizer classCode="BATTERY" moodCode="EVN">
                    <templateId root="1.3.6.1.4.1.19376.1.3.1.4"/>
                    <templateId root="1.2.250.1.213.1.1.3.78"/>
                    <code code="18769-0" displayName="Antibiogramme" codeSystem="${loinc}" codeSystemName="LOINC"/>
                    <statusCode code="completed"/>
                    ${isolate.antibiogram.map(
                      (drug, index) =>
                        xml`<component>${observation(
                          analyteCode(
                            { loinc: drug.loinc, loincLabel: `${drug.label} [Sensibilité] Isolat ; CMI` },
                            `${anchor}-atb-${index}`,
                          ),
                          xml`<effectiveTime value="${hl7Time(at)}"/><value xsi:type="IVL_PQ">${bound(drug.bound, drug.mic, 'ug/mL')}</value><interpretationCode code="${drug.result}" displayName="${sensitivity[drug.result]}" codeSystem="${interpretationSystem}"/>`,
                        )}</component>`,
                    )}
                  </organizer>
                </component>
              </organizer>
            </entryRelationship>`
}

function resultRow(result: Measurement | Finding, anchor: string, withPrevious: boolean): Xml {
  const abnormal = result.interpretation !== 'N'
  const value = shownValue(result)
  const shown = abnormal ? xml`<content styleCode="Bold">${value}</content>` : xml`${value}`
  if (result.kind === 'finding') {
    return xml`<tr><td><content ID="${anchor}">${result.label}</content></td><td align="right"><content ID="${anchor}-resultat">${result.text}</content> ${result.interpretation}</td><td colspan="${withPrevious ? 3 : 2}"></td></tr>`
  }
  const first = result.previous[0]
  return xml`<tr><td><content ID="${anchor}">${result.label}</content>${
    result.comment === null
      ? null
      : xml`<br/><content ID="${anchor}-commentaire" styleCode="Italics">${result.comment}</content>`
  }</td><td align="right">${shown}</td><td>${result.shownUnit}</td><td>${shownRange(result)}</td>${
    withPrevious ? xml`<td align="right">${first === undefined ? '' : comma(first.value)}</td>` : null
  }</tr>`
}

function narrative(chapter: Chapter, prefix: string, header: CdaHeader): Xml {
  const earlier = chapter.results.flatMap((r) => (r.kind === 'quantity' ? r.previous.slice(0, 1) : []))[0]
  const isolates = chapter.isolates.map((isolate, index) => {
    const anchor = `${prefix}-isolat-${index}`
    const drugs = isolate.antibiogram
    return xml`<table border="1"><caption>Isolat et antibiogramme</caption><thead><tr><th colspan="2">Isolat : <content ID="${anchor}">${isolate.organism}</content></th><th>CMI (mg/L)</th><th>Interprétation</th></tr></thead><tbody><tr><td colspan="2"><content ID="${anchor}-compte">Numération</content></td><td>10<sup>6</sup> /mL</td><td></td></tr>${drugs.map(
      (drug, row) =>
        xml`<tr>${row === 0 ? xml`<td rowspan="${drugs.length}">Antibiogramme</td>` : null}<td><content ID="${anchor}-atb-${row}">${drug.label}</content></td><td>${drug.bound === 'low' ? '≥' : '<'} ${drug.mic}</td><td>${drug.result}</td></tr>`,
    )}</tbody></table>`
  })
  return xml`<paragraph styleCode="Italics">${fictitiousNotice}</paragraph><table border="0"><thead><tr><th styleCode="Bold">Examen</th><th align="right">Résultat</th><th>Unité</th><th>Valeurs usuelles</th>${
    earlier === undefined ? null : xml`<th align="right">Antériorité ${frenchDay(earlier.date)}</th>`
  }</tr></thead><tbody>${chapter.results.map((result, index) =>
    resultRow(result, `${prefix}-${index}`, earlier !== undefined),
  )}</tbody></table>${isolates}${
    chapter.comment === null
      ? null
      : xml`<paragraph ID="${prefix}-conclusion" styleCode="Bold">${chapter.comment}</paragraph>`
  }<paragraph>Résultats validés par ${professionalName(header.validator)} le ${frenchMoment(header.created)}</paragraph>`
}

/** One FR-CR-BIO-Chapitre section: table for people, FR-Resultats entry for machines (clinical-documents.md §10). */
export function biologySection(chapter: Chapter, index: number, header: CdaHeader, uuid: string): Section {
  const prefix = `chapitre-${index}`
  const at = header.acts[0]?.start ?? header.created
  const who = header.validator
  const component = (entry: Xml): Xml => xml`<entryRelationship typeCode="COMP">
                ${entry}
              </entryRelationship>`
  const entry = xml`<entry typeCode="DRIV">
            <templateId root="1.3.6.1.4.1.19376.1.3.1"/>
            <templateId root="1.2.250.1.213.1.1.3.21"/>
            <act classCode="ACT" moodCode="EVN">
              <code code="${chapter.code}" displayName="${chapter.display}" codeSystem="${loinc}" codeSystemName="LOINC"/>
              <statusCode code="completed"/>
              <participant typeCode="AUTHEN">
                <templateId root="1.3.6.1.4.1.19376.1.3.3.1.5"/>
                <templateId root="1.2.250.1.213.1.1.3.109"/>
                <time><high value="${hl7Time(header.created)}"/></time>
                <participantRole><id root="1.2.250.1.71.4.2.1" extension="${who.id}"/><playingEntity><name><prefix>${who.civility}</prefix><given>${who.givenName}</given><family>${who.familyName}</family></name></playingEntity></participantRole>
              </participant>
              <entryRelationship typeCode="COMP">
                <procedure classCode="PROC" moodCode="EVN">
                  <templateId root="1.3.6.1.4.1.19376.1.3.1.2"/>
                  <templateId root="1.2.250.1.213.1.1.3.77"/>
                  <code nullFlavor="NA"/>
                  <effectiveTime><high value="${hl7Time(at)}"/></effectiveTime>
                  <participant typeCode="PRD"><participantRole classCode="SPEC"><playingEntity><code code="${chapter.specimen.code}" displayName="${chapter.specimen.display}" codeSystem="2.16.840.1.113883.18.311"/></playingEntity></participantRole></participant>
                </procedure>
              </entryRelationship>
              ${chapter.results.map((result, row) =>
                component(
                  result.kind === 'finding'
                    ? findingEntry(result, `${prefix}-${row}`, at)
                    : measurementEntry(result, `${prefix}-${row}`, at),
                ),
              )}
              ${chapter.isolates.map((isolate, row) => isolateEntry(isolate, `${prefix}-isolat-${row}`, at, uuid))}
            </act>
          </entry>`
  return {
    templates: ['1.3.6.1.4.1.19376.1.3.3.2.1', '1.2.250.1.213.1.1.2.70'],
    code: chapter.code,
    display: chapter.display,
    title: chapter.title,
    text: narrative(chapter, prefix, header),
    entries: [entry],
  }
}
