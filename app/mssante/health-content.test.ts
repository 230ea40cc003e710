import { expect, it } from 'vitest'
import { holdsIns, isHealthFile } from './health-content.ts'

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1')

it('tells documents of health by their bytes', () => {
  const archive = (name: string): Uint8Array => bytes(`PK\u0003\u0004${'\u0000'.repeat(26)}${name}contenu`)
  for (const file of [
    archive('IHE_XDM/SUBSET01/METADATA.XML'),
    archive('dossier/ihe_xdm/sub/metadata.xml'),
    bytes('<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3"></ClinicalDocument>'),
    bytes('<cda:ClinicalDocument xmlns:cda="urn:hl7-org:v3"/>'),
    bytes('MSH|^~\\&|LABO|'),
    bytes(`${'\u0000'.repeat(128)}DICM`),
    bytes('PATIENT FICTIF\r\n****FIN****\r\n****FINFICHIER****'),
  ])
    expect(isHealthFile(file), Buffer.from(file).toString('latin1').slice(0, 60)).toBe(true)
  for (const file of [archive('photos/plage.jpg'), bytes('%PDF-1.7'), bytes('<html></html>'), bytes('')])
    expect(isHealthFile(file)).toBe(false)
})

it('tells a matricule by its key, however it is written', () => {
  expect(holdsIns('INS 279035121518989.')).toBe(true)
  expect(holdsIns('2 79 03 51 215 189 89')).toBe(true)
  expect(holdsIns('né en Corse : 162018885045327')).toBe(true)
  expect(holdsIns('279035121518988')).toBe(false)
  expect(holdsIns('commande 123456789012345, tél. 06 12 34 56 78')).toBe(false)
})
