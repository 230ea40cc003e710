import '../../client/without-eval.ts'
import { createRoot } from 'react-dom/client'
import { Composer } from '../../composer/index.ts'
import { followCore, loadOpenSession } from '../../data/index.ts'
import { ToastRegion } from '../../design/index.ts'
import { ReadingPane } from '../../reading/index.ts'
import { galleryBridge } from './gallery-bridge.ts'
import '../../design/index.ts'
import './gallery.css'

const parameters = new URLSearchParams(location.search)
const state = parameters.get('state') ?? 'lab'
window.souspli = galleryBridge(state, parameters.get('theme') ?? 'light')

const nothing = (): void => undefined
const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
followCore()
void loadOpenSession().then(() => {
  createRoot(root).render(
    <>
      {state.startsWith('compose') ? (
        <Composer draftId={1} kind={null} onClose={nothing} onSent={nothing} />
      ) : (
        <div className="gallery-pane">
          <ReadingPane messageId={1} position={{ index: 1, total: 14 }} onAction={nothing} />
        </div>
      )}
      <ToastRegion />
    </>,
  )
})
