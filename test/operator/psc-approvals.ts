import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import type { Person } from './people.ts'
import { approvalsPage } from './psc-pages.ts'
import { readBody } from './web.ts'

/** One CIBA request, waiting on the professional's device. */
export interface WaitingApproval {
  id: string
  person: Person
  /** The two digits of the client, which its window must show too. */
  number: string
  channel: 'CARD' | 'MOBILE'
}

/**
 * The e-CPS application and the card in CPS-Gestion, both simulated: nothing of theirs is here but that a professional compares
 * two digits and says yes or no.
 */
export interface Approvals {
  add: (request: WaitingApproval) => void
  /** The next request of a person on this channel, as soon as it is there. Throws after `seconds` (60). */
  waitFor: (
    person: Person['key'],
    channel: WaitingApproval['channel'],
    seconds?: number,
  ) => Promise<WaitingApproval>
  /** Yes, when the number read in the client's window is the one on the device; no otherwise, as a careful holder would. */
  compare: (request: WaitingApproval, read: string) => Promise<boolean>
  refuse: (request: WaitingApproval) => Promise<void>
  /** The page that stands for the device. */
  page: (request: IncomingMessage, response: ServerResponse) => Promise<void>
}

export const createApprovals = (
  settle: (answer: WaitingApproval & { approved: boolean }) => Promise<void>,
): Approvals => {
  const waiting = new Map<string, WaitingApproval>()
  const answer = async (request: WaitingApproval, approved: boolean): Promise<void> => {
    waiting.delete(request.id)
    await settle({ ...request, approved })
  }
  return {
    add: (request) => waiting.set(request.id, request),
    waitFor: async (key, channel, seconds = 60) => {
      const end = performance.now() + seconds * 1000
      for (;;) {
        const found = [...waiting.values()].find((one) => one.person.key === key && one.channel === channel)
        if (found) return found
        if (performance.now() > end) throw new Error(`nobody asked ${key} by ${channel}`)
        await pause(20)
      }
    },
    compare: async (request, read) => {
      const same = read === request.number
      await answer(request, same)
      return same
    },
    refuse: (request) => answer(request, false),
    page: async (request, response) => {
      if (request.method === 'POST') {
        const form = new URLSearchParams((await readBody(request)).toString())
        const found = waiting.get(form.get('id') ?? '')
        if (found) await answer(found, form.get('answer') === 'yes')
        response.writeHead(303, { location: '/e-cps' }).end()
        return
      }
      response.writeHead(200, {
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-store',
        'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
      })
      response.end(
        approvalsPage(
          [...waiting.values()].map(({ id, person, number, channel }) => ({
            ...{ id, number, channel },
            name: person.displayName,
          })),
        ),
      )
    },
  }
}
