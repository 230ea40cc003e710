/**
 * Who may import whom (docs/architecture.md §1): renderer → app/contract ← app/* ← app/core.ts ← main, and inside app
 * `reading, integration, agenda, patients → mssante → smime, directory → mail → vault, identity → card → algorithms`; and
 * card-tls, which mail and identity use; outgoing, the one way HTTP leaves; threads.
 */
const order = [
  [
    'reading',
    'indexing',
    'session',
    'protection',
    'integration',
    'agenda',
    'patients',
    'storage',
    'diagnosis',
  ],
  ['mssante'],
  ['smime', 'directory'],
  ['mail'],
  ['vault', 'identity'],
  ['card'],
  ['algorithms', 'card-tls', 'outgoing', 'threads'],
]
const layers = order.flatMap((names, rank) =>
  names.map((name) => {
    const right = order.slice(rank + 1).flat()
    return {
      name: `app-${name}`,
      comment: `app/${name} may import app/contract and what stands to its right in the architecture's order`,
      severity: 'error',
      from: { path: `^app/${name}/` },
      to: {
        path: '^app/',
        // The clock of tests that hold something to bounded time imports nothing itself.
        pathNot: `^app/((contract|${[name, ...right].join('|')})/|processor-time\\.fixture\\.ts$)`,
      },
    }
  }),
)
const areas = order.flat()

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'contract-depends-on-zod-only',
      severity: 'error',
      from: { path: '^app/contract/' },
      to: { pathNot: '^(app/contract/|node_modules/zod)' },
    },
    ...layers,
    {
      name: 'card-tls-by-mail-and-identity',
      comment: 'TLS with the card is how an account connects; nothing else opens connections with it',
      severity: 'error',
      from: { path: '^app/[^/]+/', pathNot: '^app/(mail|identity|card-tls)/' },
      to: { path: '^app/card-tls/' },
    },
    {
      name: 'card-tls-imports-the-contract-only',
      severity: 'error',
      from: { path: '^app/card-tls/', pathNot: '\\.(test|fixture)\\.ts$' },
      to: { path: '^app/', pathNot: '^app/(contract|card-tls)/' },
    },
    {
      name: 'one-door',
      comment:
        'a folder of app/ is entered through its index.ts (migrations, operations and processes are internal)',
      severity: 'error',
      from: { path: '^app/([^/]+)/', pathNot: '\\.(test|fixture)\\.ts$' },
      to: { path: '^app/([^/]+)/', pathNot: ['^app/$1/', '^app/[^/]+/index\\.ts$', '^app/contract/'] },
    },
    {
      name: 'one-door-from-outside',
      severity: 'error',
      from: { path: '^(app/[^/]+\\.ts$|main/|renderer/)', pathNot: '\\.test\\.tsx?$' },
      to: { path: `^app/(${areas.join('|')})/`, pathNot: '^app/[^/]+/index\\.ts$' },
    },
    {
      name: 'app-without-electron-react-dom',
      severity: 'error',
      from: { path: '^app/' },
      to: { path: '(^|node_modules/)(electron|react|react-dom|jsdom|dompurify)(/|$)', pathNot: '^app/' },
    },
    {
      name: 'app-imports-no-shell',
      severity: 'error',
      from: { path: '^app/' },
      to: { path: '^(main|renderer)/' },
    },
    {
      name: 'app-ships-without-tests',
      severity: 'error',
      from: { path: '^(app|main|renderer)/', pathNot: '\\.(test|fixture)\\.tsx?$|^renderer/testing/' },
      to: { path: '^(test|scripts|native)/' },
    },
    {
      name: 'renderer-sees-the-contract-only',
      severity: 'error',
      from: {
        path: '^renderer/',
        pathNot: '(\\.test\\.tsx?|vite\\.config\\.ts)$|^renderer/(testing|i18n/check)',
      },
      to: { path: '^(app/(?!contract/)|main/|node_modules/electron/)' },
    },
    {
      name: 'main-sees-the-contract-only',
      severity: 'error',
      from: { path: '^main/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(app/(?!contract/)|renderer/)' },
    },
    {
      name: 'electron-only-in-main',
      severity: 'error',
      from: { pathNot: '^(main|test/electron-standin)/' },
      to: { path: '^node_modules/electron/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.js'],
    },
  },
}
