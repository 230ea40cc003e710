import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findModules } from './modules.ts'

const search = (
  platform: NodeJS.Platform,
  arch: NodeJS.Architecture,
  files: Record<string, string>,
  policyPaths: string[] = [],
): ReturnType<typeof findModules> =>
  findModules({
    platform,
    arch,
    policyPaths,
    fileExists: (path) => Promise.resolve(path in files),
    readFile: (path) => Promise.resolve(files[path] ?? ''),
  })

const linuxModule = '/opt/santesocial/CPS/lib/libcps3_pkcs11_lux.so'

test('the policy comes first, then the manifest, then the known path', async () => {
  const { found } = await search(
    'linux',
    'x64',
    {
      '/srv/policy.so': '',
      '/usr/lib64/mozilla/pkcs11-modules/cps3.json': '{"name":"cps3","path":"/srv/manifest.so"}',
      '/srv/manifest.so': '',
      [linuxModule]: '',
    },
    ['/srv/absent.so', '/srv/policy.so'],
  )
  expect(found).toEqual(['/srv/policy.so', '/srv/manifest.so', linuxModule])
})

test('each system has its own paths, by architecture', async () => {
  const w64 = 'C:\\Windows\\System32\\cps3_pkcs11_w64.dll'
  const w32 = 'C:\\Windows\\SysWOW64\\cps3_pkcs11_w32.dll'
  const both = { [w64]: '', [w32]: '' }
  expect((await search('win32', 'x64', both)).found).toEqual([w64])
  expect((await search('win32', 'ia32', both)).found).toEqual([w32])
  expect((await search('win32', 'arm64', both)).found).toEqual([])
  const mac = '/usr/local/lib/libcps3_pkcs11_osx.dylib'
  expect((await search('darwin', 'arm64', { [mac]: '' })).found).toEqual([mac])
  expect((await search('linux', 'arm64', { [linuxModule]: '' })).found).toEqual([])
})

test('what was looked at is told when nothing is found', async () => {
  const { found, tried } = await search('linux', 'x64', {}, ['/srv/a.so'])
  expect(found).toEqual([])
  expect(tried).toContain('/srv/a.so')
  expect(tried).toContain(linuxModule)
})

test('a manifest that is not one is passed over', async () => {
  const manifest = '/usr/lib/mozilla/pkcs11-modules/cps3.json'
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.constant('{"path":"relative.so"}'),
        fc.constant('x'.repeat(70_000)),
      ),
      async (text) => {
        const { found } = await search('linux', 'x64', { [manifest]: text, [linuxModule]: '' })
        expect(found).toEqual([linuxModule])
      },
    ),
  )
})
