/**
 * electron-builder's macOS signing, with one difference: “SousPli Helper (Plugin)”, where the card process runs
 * (`allowLoadingUnsignedLibraries` in main/), and it alone, may load a library that we did not sign.
 */
const { createRequire } = require('node:module')
const { join } = require('node:path')

const cardEntitlements = join(__dirname, 'entitlements.mac.card.plist')

/** Options for one file of the bundle: those of electron-builder, but for the card's helper. */
const withCardHelper = (optionsForFile) => (file) =>
  file.includes('Helper (Plugin)')
    ? { ...optionsForFile(file), entitlements: cardEntitlements }
    : optionsForFile(file)

exports.withCardHelper = withCardHelper
exports.default = async (options) => {
  const builder = createRequire(require.resolve('electron-builder'))
  const { signAsync } = createRequire(builder.resolve('app-builder-lib'))('@electron/osx-sign')
  await signAsync({ ...options, optionsForFile: withCardHelper(options.optionsForFile) })
}
