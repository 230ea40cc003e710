import { loinc } from './cda-header.ts'
import { xml, type Xml } from './xml.ts'

/** N1: the document is one PDF or one text (clinical-documents.md §5). */
export const n1Template = { root: '1.3.6.1.4.1.19376.1.2.20' }

function wrapped(bytes: Buffer): string {
  return bytes.toString('base64').replace(/.{1,76}/g, '$&\n')
}

/** `nonXMLBody` with its payload in Base64, wrapped as senders do. */
export function unstructuredBody(mediaType: 'application/pdf' | 'text/plain', bytes: Buffer): Xml {
  return xml`<nonXMLBody>
      <text mediaType="${mediaType}" representation="B64">
${wrapped(bytes)}</text>
    </nonXMLBody>`
}

export interface Section {
  templates: readonly string[]
  code: string
  display: string
  title: string
  /** Narrative block. */
  text: Xml | null
  entries?: readonly Xml[]
  subsections?: readonly Section[]
}

function section(of: Section): Xml {
  return xml`<component>
        <section>
          ${of.templates.map((root) => xml`<templateId root="${root}"/>`)}
          <code code="${of.code}" displayName="${of.display}" codeSystem="${loinc}" codeSystemName="LOINC"/>
          <title>${of.title}</title>
          ${of.text === null ? null : xml`<text>${of.text}</text>`}
          ${of.entries ?? []}
          ${(of.subsections ?? []).map(section)}
        </section>
      </component>`
}

/** `structuredBody` (N3, or N2 where the sections have no entries). */
export function structuredBody(sections: readonly Section[]): Xml {
  return xml`<structuredBody>
      ${sections.map(section)}
    </structuredBody>`
}

/** FR-Document-attache: the organizer that carries an embedded file, named by `renderMultiMedia` in the narrative. */
export function attachedDocument(options: {
  id: string
  uuids: readonly [string, string]
  mediaType: 'application/pdf' | 'image/png' | 'image/jpeg'
  bytes: Buffer
  kind: { code: string; display: string }
}): Xml {
  return xml`<entry>
            <organizer classCode="CLUSTER" moodCode="EVN">
              <templateId root="1.2.250.1.213.1.1.3.18"/>
              <id root="${options.uuids[0]}"/>
              <code code="55107-7" displayName="Document attaché" codeSystem="${loinc}" codeSystemName="LOINC"/>
              <statusCode code="completed"/>
              <component>
                <observation classCode="OBS" moodCode="EVN">
                  <templateId root="1.3.6.1.4.1.19376.1.5.3.1.4.13"/>
                  <templateId root="1.2.250.1.213.1.1.3.48"/>
                  <templateId root="1.2.250.1.213.1.1.3.48.18"/>
                  <id root="${options.uuids[1]}"/>
                  <code code="69764-9" displayName="Type de document" codeSystem="${loinc}" codeSystemName="LOINC"/>
                  <statusCode code="completed"/>
                  <effectiveTime nullFlavor="NA"/>
                  <value xsi:type="CD" code="${options.kind.code}" displayName="${options.kind.display}" codeSystem="${loinc}" codeSystemName="LOINC"/>
                </observation>
              </component>
              <component>
                <observationMedia classCode="OBS" moodCode="EVN" ID="${options.id}">
                  <value mediaType="${options.mediaType}" representation="B64">
${wrapped(options.bytes)}</value>
                </observationMedia>
              </component>
            </organizer>
          </entry>`
}

/** FR-Document-PDF-copie (§5): the page image of a structured document, to be shown first. */
export function pdfCopySection(pdf: Buffer, uuids: readonly [string, string]): Section {
  return {
    templates: ['1.2.250.1.213.1.1.2.243'],
    code: '55108-5',
    display: 'Copie du document',
    title: 'Copie du document',
    text: xml`<table border="0"><tbody><tr><td><renderMultiMedia referencedObject="copie-pdf"/></td></tr></tbody></table>`,
    entries: [
      attachedDocument({
        id: 'copie-pdf',
        uuids,
        mediaType: 'application/pdf',
        bytes: pdf,
        kind: { code: '55108-5', display: 'Copie du document' },
      }),
    ],
  }
}

export const fictitiousNotice = 'Document de démonstration — patient fictif'
