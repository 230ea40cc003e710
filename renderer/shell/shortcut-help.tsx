import { openPanel } from '../card/index.ts'
import { Button, Dialog, KeyboardHint } from '../design/index.ts'
import { t } from '../i18n/index.ts'
import { shortcuts } from './shortcuts.ts'

const groups = ['read', 'document', 'act', 'window'] as const

/** All keys on one page (?). */
export const ShortcutHelp = ({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) => (
  <Dialog title={t('shell.help')} isOpen={isOpen} onClose={onClose} width="wide">
    <div className="help-groups">
      {groups.map((group) => (
        <section key={group}>
          <h3>{t(`shell.help-${group}`)}</h3>
          <dl className="help-keys">
            {shortcuts
              .filter((shortcut) => shortcut.group === group && shortcut.keys !== null)
              .map((shortcut) => (
                <div key={shortcut.command}>
                  <dt>{t(shortcut.label)}</dt>
                  <dd>
                    <KeyboardHint keys={shortcut.keys ?? ''} />
                  </dd>
                </div>
              ))}
          </dl>
        </section>
      ))}
    </div>
    <p className="muted small">{t('shell.helpList')}</p>
    <div className="help-diagnosis">
      <Button
        onPress={() => {
          onClose()
          openPanel('diagnosis')
        }}
      >
        {t('ownCard.diagnosis')}
      </Button>
    </div>
  </Dialog>
)
