import { useState } from 'react'
import type { AppError, Input, RecordTarget, TargetPlace } from '../../app/contract/index.ts'
import { invoke, uploadFile } from '../client/index.ts'
import {
  Button,
  Checkbox,
  Dialog,
  ErrorBanner,
  FileDrop,
  Segments,
  showError,
  TextField,
} from '../design/index.ts'
import { fullDate, t } from '../i18n/index.ts'

const kinds = ['mllp', 'folder', 'mailbox'] as const
type Kind = (typeof kinds)[number]
const encodings = ['UNICODE UTF-8', '8859/15'] as const
const modes = ['P', 'T', 'D'] as const
const formats = ['xdm', 'pdf-json', 'pdf-xml', 'hprim'] as const
const decisions = ['resend', 'ask'] as const

type Mllp = Extract<TargetPlace, { kind: 'mllp' }>
const newMllp: Mllp = {
  kind: 'mllp',
  host: '',
  port: 2575,
  tls: true,
  anchors: '',
  sendingApplication: 'SOUSPLI',
  sendingFacility: '',
  receivingApplication: '',
  receivingFacility: '',
  encoding: 'UNICODE UTF-8',
  processing: 'P',
  connectSeconds: 10,
  answerSeconds: 60,
  afterUnknown: 'resend',
}

const numberOf = (text: string, least: number, most: number): number | null => {
  const value = Number(text)
  return /^\d{1,5}$/.test(text) && value >= least && value <= most ? value : null
}

/** One patient record: where it is and how it is spoken to. */
export const TargetEditor = ({ target, onClose }: { target: RecordTarget | null; onClose: () => void }) => {
  const [kind, setKind] = useState<Kind>(target?.place.kind ?? 'mllp')
  const [name, setName] = useState(target?.name ?? '')
  const [preferred, setPreferred] = useState(target?.preferred ?? false)
  const [mllp, setMllp] = useState<Mllp>(target?.place.kind === 'mllp' ? target.place : newMllp)
  const [port, setPort] = useState(String(mllp.port))
  const [connect, setConnect] = useState(String(mllp.connectSeconds))
  const [answer, setAnswer] = useState(String(mllp.answerSeconds))
  const [format, setFormat] = useState<(typeof formats)[number]>(
    target?.place.kind === 'folder' ? target.place.format : 'xdm',
  )
  const [folder, setFolder] = useState<{ grant: string; name: string } | null>(null)
  const [address, setAddress] = useState(target?.place.kind === 'mailbox' ? target.place.address : '')
  const [certificate, setCertificate] = useState<{ uploadId: string; name: string } | 'remove' | null>(null)
  const [passphrase, setPassphrase] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<AppError | null>(null)

  const change = (part: Partial<Mllp>): void => setMllp({ ...mllp, ...part })
  const numbers = {
    port: numberOf(port, 1, 65_535),
    connectSeconds: numberOf(connect, 1, 120),
    answerSeconds: numberOf(answer, 1, 600),
  }
  const names = [
    mllp.sendingApplication,
    mllp.sendingFacility,
    mllp.receivingApplication,
    mllp.receivingFacility,
  ]
  const path = target?.place.kind === 'folder' ? target.place.path : null
  const { port: portNumber, connectSeconds, answerSeconds } = numbers
  const place: TargetPlace | null =
    kind === 'mllp'
      ? portNumber === null ||
        connectSeconds === null ||
        answerSeconds === null ||
        mllp.host.trim() === '' ||
        names.some((one) => one.trim() === '')
        ? null
        : { ...mllp, port: portNumber, connectSeconds, answerSeconds }
      : kind === 'folder'
        ? folder === null && path === null
          ? null
          : { kind, path: path ?? '', format }
        : address.includes('@')
          ? { kind, address: address.trim() }
          : null

  const choose = async (): Promise<void> => {
    const chosen = await invoke('window.chooseRecordFolder', null)
    if (!chosen.ok) showError(chosen.error)
    else if (chosen.value) setFolder(chosen.value)
  }
  const take = async (file: File): Promise<void> => {
    const uploadId = crypto.randomUUID()
    const sent = await uploadFile(file, uploadId, () => undefined, new AbortController().signal)
    if (sent.ok) setCertificate({ uploadId, name: file.name })
    else setError(sent.error)
  }
  const save = async (): Promise<void> => {
    if (!place) return
    const client: Pick<Input<'integration.saveTarget'>, 'client'> = certificate === null
      ? {}
      : { client: certificate === 'remove' ? null : { uploadId: certificate.uploadId, passphrase } }
    setBusy(true)
    const outcome = await invoke('integration.saveTarget', {
      id: target?.id ?? null,
      name: name.trim(),
      place,
      ...(folder === null ? {} : { folder: folder.grant }),
      ...client,
      preferred,
    })
    setBusy(false)
    if (outcome.ok) onClose()
    else setError(outcome.error)
  }
  return (
    <Dialog
      title={target ? t('integration.editTarget', { name: target.name }) : t('integration.addTarget')}
      isOpen
      onClose={onClose}
      width="wide"
      actions={
        <>
          <Button onPress={onClose}>{t('common.cancel')}</Button>
          <Button
            variant="primary"
            isDisabled={busy || place === null || name.trim() === ''}
            onPress={() => save()}
          >
            {t('integration.save')}
          </Button>
        </>
      }
    >
      <div className="rule-form">
        <TextField
          label={t('integration.targetName')}
          hint={t('integration.targetNameHint')}
          value={name}
          onChange={setName}
          maxLength={120}
          isRequired
        />
        {target ? null : (
          <Segments
            label={t('integration.kind')}
            value={kind}
            options={kinds.map((value) => ({ value, label: t(`integration.kind_${value}`) }))}
            onChange={setKind}
          />
        )}
        {kind === 'mllp' ? (
          <>
            <div className="form-columns">
              <TextField
                label={t('integration.host')}
                value={mllp.host}
                onChange={(host) => change({ host })}
                maxLength={255}
              />
              <TextField
                label={t('integration.port')}
                value={port}
                onChange={setPort}
                maxLength={5}
                error={numbers.port === null ? t('integration.portInvalid') : null}
              />
              {(
                [
                  'sendingApplication',
                  'sendingFacility',
                  'receivingApplication',
                  'receivingFacility',
                ] as const
              ).map((field) => (
                <TextField
                  key={field}
                  label={t(`integration.${field}`)}
                  value={mllp[field]}
                  onChange={(value) => change({ [field]: value })}
                  maxLength={180}
                />
              ))}
              <TextField
                label={t('integration.connectSeconds')}
                value={connect}
                onChange={setConnect}
                maxLength={3}
              />
              <TextField
                label={t('integration.answerSeconds')}
                value={answer}
                onChange={setAnswer}
                maxLength={3}
              />
            </div>
            <Segments
              label={t('integration.encoding')}
              value={mllp.encoding}
              options={encodings.map((value) => ({
                value,
                label: value === 'UNICODE UTF-8' ? 'UTF-8' : '8859/15',
              }))}
              onChange={(encoding) => change({ encoding })}
            />
            <Segments
              label={t('integration.processing')}
              value={mllp.processing}
              options={modes.map((value) => ({ value, label: t(`integration.processing_${value}`) }))}
              onChange={(processing) => change({ processing })}
            />
            <Segments
              label={t('integration.afterUnknown')}
              value={mllp.afterUnknown}
              options={decisions.map((value) => ({ value, label: t(`integration.afterUnknown_${value}`) }))}
              onChange={(afterUnknown) => change({ afterUnknown })}
            />
            <Checkbox isSelected={mllp.tls} onChange={(tls) => change({ tls })}>
              {t('integration.tls')}
            </Checkbox>
            {mllp.tls ? (
              <>
                <label className="field">
                  <span className="field-label">{t('integration.anchors')}</span>
                  <textarea
                    className="target-anchors"
                    rows={3}
                    value={mllp.anchors}
                    maxLength={100_000}
                    onChange={(event) => change({ anchors: event.target.value })}
                  />
                  <span className="field-hint">{t('integration.anchorsHint')}</span>
                </label>
                <p className="muted small">
                  {target?.client && certificate !== 'remove'
                    ? t('integration.clientIs', {
                        subject: target.client.subject,
                        date: fullDate(target.client.notAfter),
                      })
                    : t('integration.clientNone')}
                </p>
                <FileDrop
                  label={t('integration.clientCertificate')}
                  hint={certificate !== null && certificate !== 'remove' ? certificate.name : ''}
                  accept=".p12,.pfx"
                  isBusy={busy}
                  onFile={(file) => void take(file)}
                />
                {certificate !== null && certificate !== 'remove' ? (
                  <TextField
                    label={t('integration.clientPassphrase')}
                    type="password"
                    value={passphrase}
                    onChange={setPassphrase}
                    maxLength={1000}
                  />
                ) : null}
                {target?.client && certificate !== 'remove' ? (
                  <Button size="small" onPress={() => setCertificate('remove')}>
                    {t('integration.clientRemove')}
                  </Button>
                ) : null}
              </>
            ) : null}
          </>
        ) : null}
        {kind === 'folder' ? (
          <>
            <Segments
              label={t('integration.format')}
              value={format}
              options={formats.map((value) => ({ value, label: t(`integration.format_${value}`) }))}
              onChange={setFormat}
            />
            <p>{folder?.name ?? path ?? t('integration.noFolder')}</p>
            <Button onPress={() => choose()}>{t('integration.chooseFolder')}</Button>
          </>
        ) : null}
        {kind === 'mailbox' ? (
          <TextField
            label={t('integration.address')}
            type="email"
            value={address}
            onChange={setAddress}
            maxLength={320}
          />
        ) : null}
        <Checkbox isSelected={preferred} onChange={setPreferred}>
          {t('integration.makePreferred')}
        </Checkbox>
        {error ? <ErrorBanner error={error} /> : null}
      </div>
    </Dialog>
  )
}
