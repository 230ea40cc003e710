import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { inspectPath, type NamedDer } from './inspection.ts'

/**
 * The genuine certificates of NIST's PKITS, where they lie: Go's toolchain has them with their vectors, but no revocation lists. A
 * folder with these is named by `SOUSPLI_PKITS_LISTS`; without it, sections that rest on lists are left out.
 */
const folder = '/usr/local/go/src/crypto/x509/testdata/nist-pkits'
const listFolder = process.env['SOUSPLI_PKITS_LISTS'] ?? null
const Vectors = z.array(
  z.object({
    Name: z.string(),
    CertPath: z.array(z.string()),
    CRLPath: z.array(z.string()),
    ShouldValidate: z.boolean(),
    InitialPolicySet: z.array(z.string()),
    InitialPolicyMappingInhibit: z.boolean(),
    InitialExplicitPolicy: z.boolean(),
    InitialAnyPolicyInhibit: z.boolean(),
  }),
)
const needsLists = /^4\.(?:4|5|7\.[45]|14|15)[. ]/
/** Valid with indirect lists, which are refused on purpose (docs/inspect.md). */
const indirect = /^4\.14\.(?:22|24|25|28|29|30|33) /

const read = (place: string, name: string): NamedDer => ({
  name,
  der: new Uint8Array(readFileSync(path.join(place, name))),
})
const certificate = (name: string): NamedDer => read(path.join(folder, 'certs'), name)
const policyOf = (name: string): string =>
  name === 'anyPolicy'
    ? '2.5.29.32.0'
    : name.replace(/^NIST-test-policy-(\d+)$/, '2.16.840.1.101.3.2.1.48.$1')

const here = existsSync(path.join(folder, 'vectors.json'))
const vectors = here ? Vectors.parse(JSON.parse(readFileSync(path.join(folder, 'vectors.json'), 'utf8'))) : []
const chosen = vectors.filter(({ Name }) => listFolder !== null || !needsLists.test(Name))

describe.skipIf(!here)('NIST’s PKITS (skipped where Go’s toolchain is not installed)', () => {
  test('is whole', () => {
    expect(vectors.length).toBeGreaterThan(240)
  })

  test.each(chosen)('$Name', (vector) => {
    const [anchor, ...rest] = vector.CertPath.map(certificate)
    const leaf = rest.pop()
    if (!anchor || !leaf) throw new Error('a path')
    const { valid } = inspectPath({
      leaf: leaf.der,
      intermediates: rest,
      anchors: [anchor],
      lists: listFolder === null ? null : vector.CRLPath.map((name) => read(listFolder, name)),
      at: new Date('2022-05-01'),
      policies: vector.InitialPolicySet.map(policyOf),
      explicitPolicy: vector.InitialExplicitPolicy,
      inhibitMapping: vector.InitialPolicyMappingInhibit,
      inhibitAny: vector.InitialAnyPolicyInhibit,
      anchorConstraints: true,
      weak: 'report',
      purpose: 'any',
    })
    expect(valid).toBe(vector.ShouldValidate && !(listFolder !== null && indirect.test(vector.Name)))
  })
})
