import type { Bridge } from '../../client/index.ts'
import { token } from '../fake-card.ts'
import { account, draft, rows, suggestions, views } from './gallery-fixtures.ts'

const ok = (value: unknown) => ({ ok: true, value })
const fails = (code: string) => ({ ok: false, error: { code, retry: 'later' } })

/** A core that knows one message and one draft: for pictures of the reading pane and the composer only. */
export const galleryBridge = (state: string, theme: string): Bridge => {
  const current = views(state)
  const answer = (method: string, input: unknown): unknown => {
    switch (method) {
      case 'session.state':
        return ok({ phase: 'open', openedBy: 'card', holder: null })
      case 'card.state':
        return ok({ state: 'open', token })
      case 'settings.get':
        return ok({ language: 'fr', theme, density: 'comfortable', lockAfterMinutes: 30 })
      case 'accounts.list':
        return ok([account])
      case 'outbox.list':
        return ok([])
      case 'messages.view':
        return state === 'error' ? fails('mail.not-found') : ok(current)
      case 'messages.thread':
        return ok(state === 'conversation' ? rows : [current.row])
      case 'messages.setFlag':
        return ok(1)
      case 'drafts.get':
        return state === 'compose-missing' ? fails('compose.draft-missing') : ok(draft(state))
      case 'drafts.save':
        return ok({ savedAt: '2026-11-22T09:42:00Z' })
      case 'drafts.attach':
        return ok({
          id: 'a9',
          fileName: (input as { fileName: string }).fileName,
          mimeType: 'application/pdf',
          size: 190_464,
          url: 'souspli-part://demo/bilan.pdf',
        })
      case 'drafts.check':
        return ok(
          state === 'compose-new'
            ? [
                { kind: 'no-recipient', blocking: true, address: null, trust: null, size: null, limit: null },
                { kind: 'no-subject', blocking: false, address: null, trust: null, size: null, limit: null },
              ]
            : [
                {
                  kind: 'recipient-trusted',
                  blocking: false,
                  address: 'paul.bernard@medecin.mssante.test',
                  trust: 'professional',
                  size: null,
                  limit: null,
                },
                ...(state === 'compose-refused'
                  ? [
                      {
                        kind: 'recipient-outside',
                        blocking: true,
                        address: 'j.leroy@exemple.test',
                        trust: 'outside',
                        size: null,
                        limit: null,
                      },
                    ]
                  : []),
                {
                  kind: 'size',
                  blocking: false,
                  address: null,
                  trust: null,
                  size: 409_600,
                  limit: 10_485_760,
                },
              ],
        )
      case 'results.history':
        return ok({
          series: (input as { analytes: object[] }).analytes.map((one) => ({
            ...one,
            otherUnit: null,
            points: [],
          })),
        })
      case 'correspondents.suggest':
        return ok(suggestions)
      case 'drafts.send':
        return fails('card.removed')
      default:
        return ok(null)
    }
  }
  return {
    invoke: (method, input) =>
      state === 'loading' && method.startsWith('messages.')
        ? new Promise(() => undefined)
        : Promise.resolve(answer(method, input)),
    on: () => 1,
    off: () => undefined,
    origins: { part: 'https://part.souspli.invalid/', mail: 'https://mail.souspli.invalid/' },
  }
}
