import type { DicomContent, DicomSeries, DocumentSummary } from '../../app/contract/index.ts'
import { Banner, WideTable } from '../design/index.ts'
import { t } from '../i18n/index.ts'
import { Fact } from './document-facts.tsx'
import { FileOffer } from './file-offer.tsx'
import { ZoomableImage } from './image-view.tsx'
import { PatientStrip } from './patient-strip.tsx'
import { Deviations } from './technical-facts.tsx'
import { moment } from './times.ts'

const framesOf = (series: DicomSeries): number =>
  series.instances.reduce((sum, { frames }) => sum + (frames ?? 1), 0)

const nameOf = ({ number, description, uid }: DicomSeries): string =>
  [number, description].filter((word) => word !== null).join(' · ') || uid

/** The series a picture is of, in words; null when it is of none that is listed. */
const seriesOf = ({ studies }: DicomContent, sopInstanceUid: string): string | null => {
  const series = studies
    .flatMap((study) => study.series)
    .find(({ instances }) => instances.some((one) => one.sopInstanceUid === sopInstanceUid))
  return series ? nameOf(series) : null
}

/** Why there is nothing to see of pictures that are in the file, or that some are missing. */
const MissingPictures = ({ content, summary }: { content: DicomContent; summary: DocumentSummary }) => {
  if (content.format === 'kos') return null
  const cut = summary.deviations.some(({ code }) => code === 'dicom-truncated')
  const images = content.studies.flatMap((study) => study.series).some((series) => framesOf(series) > 0)
  if (!cut && (content.previews.length > 0 || !images)) return null
  return (
    <div className="doc-warnings">
      <Banner tone={cut ? 'warn' : 'info'} title={t(cut ? 'documents.dicomCut' : 'documents.dicomNoPreview')}>
        <p>{t(cut ? 'documents.dicomCutText' : 'documents.dicomNoPreviewText')}</p>
      </Banner>
    </div>
  )
}

const Studies = ({ content }: { content: DicomContent }) =>
  content.studies.map((study) => (
    <section key={study.uid} className="doc-section">
      <h4>
        {[study.description ?? t('documents.study'), study.date && moment(study.date)]
          .filter(Boolean)
          .join(' · ')}
      </h4>
      <p className="doc-narrative muted">
        {[
          study.accession && t('documents.accession', { number: study.accession }),
          study.referrer && t('documents.prescriber', { name: study.referrer }),
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
      <div className="doc-narrative">
        <WideTable className="doc-table-scroll" label={t('documents.seriesOfStudy')}>
          <table className="doc-table">
            <caption className="visually-hidden">{t('documents.seriesOfStudy')}</caption>
            <thead>
              <tr>
                <th scope="col">{t('documents.series')}</th>
                <th scope="col">{t('documents.modality')}</th>
                <th scope="col">{t('documents.bodyPart')}</th>
                <th scope="col" className="doc-align-right">
                  {t('documents.images')}
                </th>
                <th scope="col">{t('documents.where')}</th>
              </tr>
            </thead>
            <tbody>
              {study.series.map((series) => (
                <tr key={series.uid}>
                  <th scope="row">{nameOf(series)}</th>
                  <td>{series.modality}</td>
                  <td>{series.bodyPart}</td>
                  <td className="doc-align-right">{framesOf(series)}</td>
                  <td>
                    {content.format === 'kos'
                      ? (series.location ?? t('documents.elsewhere'))
                      : t('documents.inThisFile')}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </WideTable>
      </div>
    </section>
  ))

/** A DICOM object, a zip of them, or a KOS (§12): what it lists, pictures where they can be drawn; nothing more is promised. */
export const DicomView = ({ content, summary }: { content: DicomContent; summary: DocumentSummary }) => (
  <div className="doc-structured">
    <div className="doc-sheet">
      <div className="doc-sheet-title">
        <h3>{content.title ?? content.studies[0]?.description ?? summary.label}</h3>
        <p>{[content.sopClass, content.institution, content.manufacturer].filter(Boolean).join(' · ')}</p>
      </div>
      <PatientStrip
        patient={content.patient}
        identity={content.patient}
        date={content.studies[0]?.date ?? null}
      />
    </div>
    {content.format === 'kos' && (
      <div className="doc-warnings">
        <Banner tone="info" title={t('documents.kosTitle')}>
          <p>{t('documents.kosExplained')}</p>
        </Banner>
      </div>
    )}
    <MissingPictures content={content} summary={summary} />
    {content.previews.length > 0 && (
      <ul className="doc-previews" aria-label={t('documents.previews')}>
        {content.previews.map(
          ({ url, sopInstanceUid, width, height }, index) =>
            url && (
              <li key={sopInstanceUid}>
                <ZoomableImage
                  url={url}
                  title={[
                    t('documents.previewNamed', { number: index + 1, width, height }),
                    seriesOf(content, sopInstanceUid),
                  ]
                    .filter((word) => word !== null)
                    .join(' · ')}
                />
                <p className="doc-preview-name" aria-hidden="true">
                  {seriesOf(content, sopInstanceUid)}
                </p>
              </li>
            ),
        )}
      </ul>
    )}
    {content.texts.length > 0 && (
      <div className="doc-narrative">
        {content.texts.map((text, index) => (
          <p key={index} className="doc-lines">
            {text}
          </p>
        ))}
      </div>
    )}
    <Studies content={content} />
    <dl className="facts facts-technical">
      {content.sopInstanceUid && (
        <Fact label={t('documents.identifier')}>
          <span className="mono">{content.sopInstanceUid}</span>
        </Fact>
      )}
      {content.studies.map(({ uid }) => (
        <Fact key={uid} label={t('documents.studyUid')}>
          <span className="mono">{uid}</span>
        </Fact>
      ))}
      <Deviations summary={summary} />
    </dl>
    <FileOffer summary={summary} hint={t('documents.dicomOutside')} />
  </div>
)
