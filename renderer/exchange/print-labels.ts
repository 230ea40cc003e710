import type { PrintLabels } from '../../app/contract/index.ts'
import { t } from '../i18n/index.ts'

/** What the pages of a PDF say, in the window's language; the core fills in what is between braces. */
export const printLabels = (): PrintLabels => ({
  title: t('exchange.print-title'),
  from: t('exchange.print-from'),
  to: t('exchange.print-to'),
  cc: t('exchange.print-cc'),
  date: t('exchange.print-date'),
  noSubject: t('exchange.print-noSubject'),
  signatureValid: t('exchange.print-signatureValid', { name: '{name}', date: '{date}' }),
  signaturePart: t('exchange.print-signaturePart', { name: '{name}', date: '{date}' }),
  signatureUnbound: t('exchange.print-signatureUnbound', { name: '{name}', date: '{date}' }),
  signatureUntrusted: t('exchange.print-signatureUntrusted'),
  signatureUndecidable: t('exchange.print-signatureUndecidable'),
  signatureInvalid: t('exchange.print-signatureInvalid'),
  unsigned: t('exchange.print-unsigned'),
  decrypted: t('exchange.print-decrypted'),
  stillEncrypted: t('exchange.print-stillEncrypted'),
  patient: t('exchange.print-patient'),
  born: t('exchange.print-born', { date: '{date}' }),
  ins: t('exchange.print-ins', { ins: '{ins}' }),
  notQualified: t('exchange.print-notQualified'),
  attachments: t('exchange.print-attachments'),
  truncated: t('exchange.print-truncated'),
  kilobytes: t('exchange.print-kilobytes'),
  megabytes: t('exchange.print-megabytes'),
  foot: t('exchange.print-foot', { date: '{date}', page: '{page}' }),
})
