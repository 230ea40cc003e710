/**
 * The system's browser in tests: follows redirections with cookies, answers the provider's login form as `person`, or
 * presses « Annuler » when null. Resolves with the status of the last page.
 */
export const browse = async (start: string, person: string | null): Promise<number> => {
  const cookies = new Map<string, string>()
  let url = start
  let form: URLSearchParams | null = null
  for (let step = 0; step < 20; step++) {
    const response: Response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form ? { method: 'POST', body: form } : {}),
    })
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split(/=(.*)/s)
      cookies.set(name, value)
    }
    const next = response.headers.get('location')
    form = null
    if (next !== null) url = new URL(next, url).href
    else {
      const action = /<form method="post" action="([^"]+)"/.exec(await response.text())?.[1]
      if (action === undefined) return response.status
      url = new URL(action.replaceAll('&#38;', '&'), url).href
      form = new URLSearchParams(person === null ? { cancel: 'yes' } : { login: person })
    }
  }
  throw new Error('too many redirections')
}
