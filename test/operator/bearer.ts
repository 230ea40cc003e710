import sasl, { type SASLMechanism } from 'smtp-server/lib/sasl.js'

type Connection = ThisParameterType<SASLMechanism>

/** The user and token of an OAUTHBEARER message (RFC 7628 §3.1); null for anything else. */
const readBearer = (answer: string): { user: string; token: string } | null => {
  const [header = '', ...fields] = Buffer.from(answer, 'base64').toString('utf8').split('\u0001')
  const user = /^n,a=([^,]+),$/.exec(header)?.[1]?.replaceAll('=2C', ',').replaceAll('=3D', '=')
  const token = fields.map((field) => /^auth=Bearer (\S+)$/.exec(field)?.[1]).find(Boolean)
  return user && token && fields.at(-1) === '' && fields.at(-2) === '' ? { user, token } : null
}

const sessions = new WeakSet<object>()

/** Whether a session's token came by OAUTHBEARER: the library's own types know no such method. */
export const cameByBearer = (session: object): boolean => sessions.has(session)

/** What a client must answer to the reason of a refusal: %x01, in base64 (RFC 7628 §3.2.3). */
const ending = 'AQ=='

/** Gives smtp-server OAUTHBEARER, which it lacks; servers name it among their methods to offer it. */
export const offerBearer = (): void => {
  const refuse = (connection: Connection, done: () => void): void => {
    connection._nextHandler = (line, next) => {
      if (line.toString().trim() === ending) connection.send(535, '5.7.8 Jeton refuse')
      else connection.send(501, '5.5.2 Une reponse %x01 etait attendue')
      next()
    }
    const reason = JSON.stringify({ status: 'invalid_token', scope: 'openid' })
    connection.send(334, Buffer.from(reason).toString('base64'))
    done()
  }
  const check = (connection: Connection, answer: string, done: () => void): void => {
    const bearer = readBearer(answer)
    if (!bearer) {
      connection.send(501, '5.5.2 Message OAUTHBEARER malforme')
      done()
      return
    }
    const { user: username, token: accessToken } = bearer
    sessions.add(connection.session)
    connection._server.onAuth(
      { method: 'XOAUTH2', username, accessToken, validatePassword: () => false },
      connection.session,
      (error, response) => {
        if (error) {
          connection.send(454, '4.7.0 Fournisseur d identite indisponible')
          done()
        } else if (!response?.user) refuse(connection, done)
        else {
          connection.session.user = username
          connection.send(235, '2.7.0 Bienvenue')
          done()
        }
      },
    )
  }
  const mechanism: SASLMechanism = function (args, done) {
    const [initial] = args
    if (initial !== undefined) {
      check(this, initial, done)
      return
    }
    this._nextHandler = (line, next) => check(this, line.toString().trim(), next)
    this.send(334)
    done()
  }
  Reflect.set(sasl, 'SASL_OAUTHBEARER', mechanism)
}
