import type { JSONContent } from '@tiptap/react'
import { useLayoutEffect, useRef, useState } from 'react'
import type { DraftContent, DraftKind } from '../../app/contract/index.ts'
import { Button } from '../design/index.ts'
import { t } from '../i18n/index.ts'
import { sanitiseMailTree } from '../mail-html/index.ts'
import { RichEditor } from './rich-editor.tsx'
import { documentOfText, documentOfTree, textOfDocument } from './rich-text.ts'

/** An answer begins in its text, other messages with their recipient. */
export const beginsWithText = (kind: DraftKind): boolean => kind === 'reply' || kind === 'reply-all'

const initialDocument = (content: DraftContent): JSONContent => {
  const tree = content.html === null ? null : sanitiseMailTree(content.html)
  return tree ? documentOfTree(tree) : documentOfText(content.text)
}

const PlainEditor = ({
  text,
  autoFocus,
  typedAhead,
  onChange,
}: {
  text: string
  autoFocus: boolean
  typedAhead: string
  onChange: (text: string) => void
}) => {
  const area = useRef<HTMLTextAreaElement>(null)
  const begun = useRef(false)
  useLayoutEffect(() => {
    if (begun.current || typedAhead === '' || !area.current) return
    begun.current = true
    area.current.setRangeText(typedAhead, 0, 0, 'end')
    onChange(area.current.value)
  }, [typedAhead, onChange])
  return (
    <textarea
      ref={area}
      className="composer-text composer-plain"
      aria-label={t('composer.body')}
      value={text}
      autoFocus={autoFocus}
      onFocus={(event) => {
        // A reply is written above what it quotes.
        if (event.currentTarget.selectionStart === event.currentTarget.value.length)
          event.currentTarget.setSelectionRange(0, 0)
      }}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}

/**
 * The message's text, formatted or plain; a plain text is what is sent as such. `typedAhead` was typed before it was
 * there, and is put at its start.
 */
export const BodyEditor = ({
  kind,
  content,
  typedAhead,
  onChange,
}: {
  kind: DraftKind
  content: DraftContent
  typedAhead: string
  onChange: (body: Pick<DraftContent, 'text' | 'html'>) => void
}) => {
  const [rich, setRich] = useState(() => content.html !== null || (kind === 'new' && content.text === ''))
  const [initial, setInitial] = useState(() => initialDocument(content))
  // A new message and a forward begin with their recipient, until the user turns to the text.
  const [writing, setWriting] = useState(beginsWithText(kind))
  // Once: what is edited afterwards is the editors' own.
  const [ahead, setAhead] = useState(beginsWithText(kind) ? typedAhead : '')
  return (
    <div className="composer-body">
      {rich ? (
        <RichEditor
          initial={initial}
          autoFocus={writing}
          typedAhead={ahead}
          onChange={(html, document) => onChange({ html, text: textOfDocument(document) })}
        />
      ) : (
        <PlainEditor
          text={content.text}
          autoFocus={writing}
          typedAhead={ahead}
          onChange={(text) => onChange({ html: null, text })}
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
          setAhead('')
        }}
      >
        {rich ? t('composer.toPlain') : t('composer.toRich')}
      </Button>
    </div>
  )
}
