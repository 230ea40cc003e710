import './client/without-eval.ts'
import { StrictMode } from 'react'
import { App } from './shell/app.tsx'
import { mountWindow } from './shell/mount.tsx'
import './design/index.ts'

// Development and pictures only: the production build drops this branch and what it imports.
if (import.meta.env.DEV) {
  const scenario = new URLSearchParams(location.search).get('fake')
  if (scenario) {
    const { createFakeCore } = await import('./testing/fake-core.ts')
    window.souspli = createFakeCore(scenario, new Date())
  }
}

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
mountWindow(
  root,
  <StrictMode>
    <App />
  </StrictMode>,
  () => location.reload(),
)
