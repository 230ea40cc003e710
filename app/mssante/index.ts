export {
  findDocuments,
  type EnclosedMessage,
  type FoundDocument,
  type MessageDocuments,
  type MessagePart,
} from './documents.ts'
export { envelopeBytes, innerName, isEnvelope } from './envelopes.ts'
export { encodeText, text, writeHl7, type Hl7Component, type Hl7Field, type Hl7Segment } from './hl7/write.ts'
export { parseHl7, segmentsOf, valueAt, type ParsedSegment } from './hl7/parse.ts'
export { hprimText, isHprim } from './hprim/index.ts'
export { isMatricule, matriculeTraits, readIns } from './ins.ts'
export { holdsIns, isHealthFile } from './health-content.ts'
export { lockOf } from './locked-file.ts'
export { sniffMime } from './magic.ts'
export { buildHistory, foundResults, keysOf, patientKeys } from './results/index.ts'
export { inspectDocuments, type JudgedFiles } from './inspection.ts'
export { rtfText } from './rtf.ts'
export { displaySubject } from './subject.ts'
export { createDocumentWriting, type DocumentWriting, type GivenContent } from './writing/index.ts'
export { createTrustSpace, type TrustSpace } from './trust-space/index.ts'
export { readZip } from './zip.ts'
export {
  createTraceRecorder,
  type TraceAuthor,
  type TraceNote,
  type TraceRecorder,
} from './traces/recorder.ts'
export type { WitnessFile } from './traces/witness.ts'
export { compareExport } from './traces/comparison.ts'
export { readTraceCsv, traceCsvHead, traceCsvLines } from './traces/csv.ts'
export {
  at,
  attribute,
  childOf,
  childrenOf,
  descendants,
  parseXml,
  textOf,
  type XmlElement,
} from './xml/element.ts'
