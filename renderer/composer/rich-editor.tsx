import type { Editor, JSONContent } from '@tiptap/react'
import { EditorContent, useEditor, useEditorState } from '@tiptap/react'
import StarterKit from '@tiptap/starter-kit'
import { Bold, Italic, Link, List, ListOrdered, Quote, Underline, Unlink } from 'lucide-react'
import { useLayoutEffect, useRef, useState } from 'react'
import { ToggleButton } from 'react-aria-components'
import { Button, Dialog, TextField, Tooltip } from '../design/index.ts'
import { t } from '../i18n/index.ts'
import { sanitiseMailTree } from '../mail-html/index.ts'
import { documentOfTree, inlineOfText } from './rich-text.ts'

const extensions = [
  StarterKit.configure({
    code: false,
    codeBlock: false,
    heading: false,
    horizontalRule: false,
    strike: false,
    link: {
      openOnClick: false,
      autolink: true,
      protocols: ['https', 'http'],
      HTMLAttributes: { rel: null, target: null },
    },
  }),
]

const LinkForm = ({
  isOpen,
  onClose,
  onLink,
}: {
  isOpen: boolean
  onClose: () => void
  onLink: (href: string) => void
}) => {
  const [address, setAddress] = useState('https://')
  const valid = /^https:\/\/[^\s/]+\.[^\s]+$/.test(address)
  return (
    <Dialog
      title={t('composer.linkTitle')}
      isOpen={isOpen}
      onClose={onClose}
      width="narrow"
      actions={
        <Button variant="primary" isDisabled={!valid} onPress={() => onLink(address)}>
          {t('composer.linkInsert')}
        </Button>
      }
    >
      <TextField label={t('composer.linkAddress')} value={address} onChange={setAddress} autoFocus />
    </Dialog>
  )
}

/** Tiptap's own focus waits for a frame, which a busy machine owes for seconds; what is typed meanwhile would be lost. */
const focusNow = (editor: Editor): void => {
  editor.view.focus()
}

/**
 * The text of a message with bold, italic, underline, lists, quotes and links; nothing pasted gets in unsanitised. With
 * `autoFocus` one writes at its start from the moment that it shows; `typedAhead` is put there as if it were typed.
 */
export const RichEditor = ({
  initial,
  autoFocus,
  typedAhead,
  onChange,
}: {
  initial: JSONContent
  autoFocus: boolean
  typedAhead: string
  onChange: (html: string, document: JSONContent) => void
}) => {
  const [linking, setLinking] = useState(false)
  const editor = useEditor({
    extensions,
    content: initial,
    injectCSS: false,
    editorProps: {
      attributes: {
        role: 'textbox',
        'aria-multiline': 'true',
        'aria-label': t('composer.body'),
        class: 'ProseMirror composer-text',
      },
      handlePaste: (_view, event) => {
        const html = event.clipboardData?.getData('text/html')
        if (!html) return false
        const tree = sanitiseMailTree(html)
        if (!tree) return false
        editor.commands.insertContent(documentOfTree(tree).content ?? [])
        return true
      },
    },
    onUpdate: ({ editor: current }) => onChange(current.getHTML(), current.getJSON()),
  })
  const begun = useRef(false)
  useLayoutEffect(() => {
    if (begun.current) return
    begun.current = true
    if (autoFocus) focusNow(editor)
    if (typedAhead !== '') editor.commands.insertContent(inlineOfText(typedAhead))
  }, [editor, autoFocus, typedAhead])
  const active = useEditorState({
    editor,
    selector: ({ editor: current }) => ({
      bold: current.isActive('bold'),
      italic: current.isActive('italic'),
      underline: current.isActive('underline'),
      bulletList: current.isActive('bulletList'),
      orderedList: current.isActive('orderedList'),
      blockquote: current.isActive('blockquote'),
      link: current.isActive('link'),
    }),
  })
  const chain = () => {
    focusNow(editor)
    return editor.chain()
  }
  const tools = [
    { id: 'bold', Icon: Bold, keys: 'Ctrl+B', run: () => chain().toggleBold().run() },
    { id: 'italic', Icon: Italic, keys: 'Ctrl+I', run: () => chain().toggleItalic().run() },
    { id: 'underline', Icon: Underline, keys: 'Ctrl+U', run: () => chain().toggleUnderline().run() },
    { id: 'bulletList', Icon: List, keys: '', run: () => chain().toggleBulletList().run() },
    { id: 'orderedList', Icon: ListOrdered, keys: '', run: () => chain().toggleOrderedList().run() },
    { id: 'blockquote', Icon: Quote, keys: '', run: () => chain().toggleBlockquote().run() },
    {
      id: 'link',
      Icon: active.link ? Unlink : Link,
      keys: '',
      run: () => (active.link ? chain().unsetLink().run() : setLinking(true)),
    },
  ] as const
  return (
    <div className="composer-rich">
      <div className="composer-tools" role="toolbar" aria-label={t('composer.formatting')}>
        {tools.map(({ id, Icon, keys, run }) => (
          <Tooltip key={id} text={t(`composer.format_${id}`)} {...(keys ? { shortcut: keys } : {})}>
            <ToggleButton
              className="button tool"
              data-variant="quiet"
              data-size="small"
              data-icon-only=""
              aria-label={t(`composer.format_${id}`)}
              isSelected={active[id]}
              onChange={() => void run()}
            >
              <Icon aria-hidden="true" />
            </ToggleButton>
          </Tooltip>
        ))}
      </div>
      <EditorContent editor={editor} className="composer-editor" />
      <LinkForm
        isOpen={linking}
        onClose={() => setLinking(false)}
        onLink={(href) => {
          setLinking(false)
          const { empty } = editor.state.selection
          if (empty)
            chain()
              .insertContent({ type: 'text', text: href, marks: [{ type: 'link', attrs: { href } }] })
              .run()
          else chain().setLink({ href }).run()
        }}
      />
    </div>
  )
}
