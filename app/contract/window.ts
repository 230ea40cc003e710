import { z } from 'zod'
import { ExportFormat, Grant } from './exchange.ts'
import { MessageId } from './mail.ts'
import { call, Nothing } from './service.ts'

/**
 * What a window asks of the desktop rather than of the core: answered by main itself (dialogs, external programs).
 * Same channel, same checks.
 */
export const windowCalls = {
  /** Asks where to save, then the core writes the part there. False when the user cancels. */
  'window.savePart': call(z.object({ url: z.string(), fileName: z.string().max(255) }), z.boolean()),
  /** Copies the part to the private folder (wiped on lock) and opens it with the system's program. */
  'window.openPart': call(z.object({ url: z.string(), fileName: z.string().max(255) }), Nothing),
  /** Asks for mail files (mbox, eml) or for a folder (Maildir, folder of files). Null when the user cancels. */
  'window.chooseImport': call(
    z.object({ kind: z.enum(['files', 'folder']) }),
    z.object({ grant: Grant, names: z.array(z.string()) }).nullable(),
  ),
  /** Asks where an export goes: a file, or a folder for several .eml. Null when the user cancels. */
  'window.chooseExport': call(
    z.object({ format: ExportFormat, several: z.boolean(), fileName: z.string().max(255) }),
    z.object({ grant: Grant, name: z.string() }).nullable(),
  ),
  /** Asks where a backup goes. Null when the user cancels. */
  'window.chooseBackupTarget': call(
    z.object({ fileName: z.string().max(255) }),
    z.object({ grant: Grant, name: z.string() }).nullable(),
  ),
  /** Asks for a backup to restore; also before the store is open. Null when the user cancels. */
  'window.chooseBackup': call(Nothing, z.object({ grant: Grant, name: z.string() }).nullable()),
  /** Asks for the folder a patient record watches. Null when the user cancels. */
  'window.chooseRecordFolder': call(Nothing, z.object({ grant: Grant, name: z.string() }).nullable()),
  /** Only https; the window has shown the real host and the user agreed. */
  'window.openLink': call(z.object({ url: z.string().max(4000) }), Nothing),
  /** Whether *CPS-Gestion*, the Cryptolib's own program for PINs, is on this workstation. */
  'window.findCpsGestion': call(Nothing, z.object({ found: z.boolean() })),
  /** Starts it. Error: card.pin-program-missing. */
  'window.openCpsGestion': call(Nothing, Nothing),
  /**
   * Prints what the window shows. Unless it is the recovery code, that it was printed leaves a functional trace (contract/traces.ts),
   * which names the message it comes from.
   */
  'window.print': call(
    z.object({ what: z.enum(['message', 'document', 'recovery-code']), messageId: MessageId.nullable() }),
    Nothing,
  ),
  'window.about': call(
    Nothing,
    z.object({ version: z.string(), host: z.enum(['electron', 'electron-standin']), platform: z.string() }),
  ),
}
