/** What the command line may set. Everything but a plain start is for developers and tests: ignored once packaged. */
export interface CommandLine {
  policy: string | null
  profile: string | null
  /** Entry files and folder to use instead of the built ones. */
  core: string | null
  card: string | null
  renderer: string | null
  /** `http://127.0.0.1:port/token` of the development server. */
  devServer: string | null
}

const debugging =
  /^--(remote-debugging|inspect|js-flags|disable-web-security|no-sandbox|ignore-certificate-errors)/

type DeveloperOption = 'policy' | 'profile' | 'core' | 'card' | 'renderer' | 'dev-server'

/** True when someone tries to open a packaged product to a debugger or to weaken it. */
export const asksForDebugging = (argv: readonly string[]): boolean => argv.some((one) => debugging.test(one))

/** Reads `--name=value` options; all null when `packaged`. A development server must be on 127.0.0.1. */
export const readCommandLine = (argv: readonly string[], packaged: boolean): CommandLine => {
  const value = (name: DeveloperOption): string | null => {
    const prefix = `--${name}=`
    const found = packaged ? undefined : argv.find((one) => one.startsWith(prefix))
    return found === undefined || found === prefix ? null : found.slice(prefix.length)
  }
  const devServer = value('dev-server')
  return {
    policy: value('policy'),
    profile: value('profile'),
    core: value('core'),
    card: value('card'),
    renderer: value('renderer'),
    devServer:
      devServer !== null && /^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}$/.test(devServer) ? devServer : null,
  }
}
