import { describe, expect, it } from 'vitest'
import { describeLink } from './links.ts'

describe('describeLink', () => {
  it('offers https only', () => {
    expect(describeLink('https://ansm.sante.fr/x', 'ici')).toMatchObject({
      host: 'ansm.sante.fr',
      openable: true,
    })
    expect(describeLink('http://ansm.sante.fr/x', 'ici')).toMatchObject({ openable: false })
    for (const href of [
      'javascript:alert(1)',
      'file:///etc/passwd',
      'data:text/html,x',
      'smb://a/b',
      '/relative',
      // « Mailto: me your secrets »: no draft is begun by a message, with a file of the reader's least of all.
      'mailto:eve@bad.test?attach=/home/anne/.ssh/id_rsa&body=x',
      'mailto:eve@bad.test',
    ])
      expect(describeLink(href, 'x')).toBeNull()
  })
  it('names a host in other scripts by its ASCII form', () => {
    expect(describeLink('https://аmeli.fr/', 'ameli.fr')).toMatchObject({
      host: expect.stringMatching(/^xn--/),
      foreignScript: true,
      announcedHost: 'ameli.fr',
    })
  })
  it('tells when the words announce another site', () => {
    expect(describeLink('https://evil.test/ameli.fr', 'https://www.ameli.fr/compte')?.announcedHost).toBe(
      'www.ameli.fr',
    )
    expect(describeLink('https://compte.ameli.fr/', 'www.ameli.fr')?.announcedHost).toBeNull()
    expect(describeLink('https://a.test', 'Consulter le résultat')?.announcedHost).toBeNull()
  })
  it('refuses to open an address that hides its host behind a user name', () => {
    expect(describeLink('https://ameli.fr@evil.test/', 'x')).toMatchObject({
      host: 'evil.test',
      openable: false,
    })
  })
})
