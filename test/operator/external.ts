import { TLSSocket } from 'node:tls'
import type { SMTPServer, SMTPServerSession } from 'smtp-server'
import sasl, { type SASLMechanism } from 'smtp-server/lib/sasl.js'

type Connection = ThisParameterType<SASLMechanism>

/** CN of the certificate a client proved to have; null when it showed none that the server accepts. */
const provenName = (socket: Connection['_socket']): string | null => {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return null
  const name: unknown = socket.getPeerCertificate().subject.CN
  return typeof name === 'string' ? name : null
}

/** Whose mailbox a certificate's CN opens when it asks for this address, empty for none; null refuses. */
type MailboxFor = (name: string, asked: string, session: SMTPServerSession) => string | null
const servers = new WeakMap<object, MailboxFor>()

/** Gives one of smtp-server's servers SASL EXTERNAL (RFC 4422 appendix A), which it lacks. */
export const offerExternal = (server: SMTPServer, mailboxFor: MailboxFor): void => {
  servers.set(server, mailboxFor)
  const finish = (connection: Connection, answer: string, done: () => void): void => {
    const name = provenName(connection._socket)
    const asked = answer === '=' ? '' : Buffer.from(answer, 'base64').toString('utf8')
    const user =
      name === null || answer === '*'
        ? null
        : (servers.get(connection._server)?.(name, asked.toLowerCase(), connection.session) ?? null)
    if (user === null) connection.send(535, '5.7.8 Cette carte n ouvre pas cette boite')
    else {
      connection.session.user = user
      connection.send(235, '2.7.0 Bienvenue')
    }
    done()
  }
  const external: SASLMechanism = function (args, done) {
    const [initial] = args
    if (initial !== undefined) {
      finish(this, initial, done)
      return
    }
    this._nextHandler = (line, next) => finish(this, line.toString().trim() || '=', next)
    this.send(334)
    done()
  }
  Reflect.set(sasl, 'SASL_EXTERNAL', external)
}
