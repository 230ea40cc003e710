import type { JSONContent } from '@tiptap/react'
import { useState } from 'react'
import type { DraftContent, DraftKind } from '../../app/contract/index.ts'
import { Button } from '../design/index.ts'
import { t } from '../i18n/index.ts'
import { sanitiseMailTree } from '../mail-html/index.ts'
import { RichEditor } from './rich-editor.tsx'
import { documentOfText, documentOfTree, textOfDocument } from './rich-text.ts'

const initialDocument = (content: DraftContent): JSONContent => {
  const tree = content.html === null ? null : sanitiseMailTree(content.html)
  return tree ? documentOfTree(tree) : documentOfText(content.text)
}

/** The message's text, formatted or plain; a plain text is what is sent as such. */
export const BodyEditor = ({
  kind,
  content,
  onChange,
}: {
  kind: DraftKind
  content: DraftContent
  onChange: (body: Pick<DraftContent, 'text' | 'html'>) => void
}) => {
  const [rich, setRich] = useState(() => content.html !== null || (kind === 'new' && content.text === ''))
  const [initial, setInitial] = useState(() => initialDocument(content))
  // A new message and a forward begin with their recipient, until the user turns to the text.
  const [writing, setWriting] = useState(kind === 'reply' || kind === 'reply-all')
  return (
    <div className="composer-body">
      {rich ? (
        <RichEditor
          initial={initial}
          autoFocus={writing}
          onChange={(html, document) => onChange({ html, text: textOfDocument(document) })}
        />
      ) : (
        <textarea
          className="composer-text composer-plain"
          aria-label={t('composer.body')}
          value={content.text}
          autoFocus={writing}
          onFocus={(event) => {
            // A reply is written above what it quotes.
            if (event.currentTarget.selectionStart === event.currentTarget.value.length)
              event.currentTarget.setSelectionRange(0, 0)
          }}
          onChange={(event) => onChange({ html: null, text: event.currentTarget.value })}
        />
      )}
      <Button
        variant="link"
        size="small"
        className="composer-mode"
        onPress={() => {
          if (rich) onChange({ html: null, text: content.text })
          else setInitial(documentOfText(content.text))
          setRich(!rich)
          setWriting(true)
        }}
      >
        {rich ? t('composer.toPlain') : t('composer.toRich')}
      </Button>
    </div>
  )
}
