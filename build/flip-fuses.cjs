/**
 * afterPack hook of electron-builder: every fuse of the packaged binary is set on purpose. `strictlyRequireAllFuses`
 * makes a new Electron with a new fuse break the build until someone decides. (electron-builder's own option knows
 * neither that nor WasmTrapHandlers.)
 */
const { join } = require('node:path')
const { flipFuses, FuseV1Options, FuseVersion } = require('@electron/fuses')

const fuses = {
  version: FuseVersion.V1,
  strictlyRequireAllFuses: true,
  [FuseV1Options.RunAsNode]: false,
  [FuseV1Options.EnableCookieEncryption]: true,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  [FuseV1Options.EnableNodeCliInspectArguments]: false,
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
  [FuseV1Options.OnlyLoadAppFromAsar]: true,
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
  [FuseV1Options.WasmTrapHandlers]: true,
}

const binaryOf = ({ appOutDir, electronPlatformName, packager }) => {
  const name = packager.appInfo.productFilename
  if (electronPlatformName === 'darwin') return join(appOutDir, `${name}.app`)
  if (electronPlatformName === 'win32') return join(appOutDir, `${name}.exe`)
  return join(appOutDir, packager.executableName)
}

exports.fuses = fuses
exports.default = async (context) => {
  // macOS signs after this hook; without an identity the ad hoc signature of arm64 has to be made again.
  const resetAdHocDarwinSignature = context.electronPlatformName === 'darwin'
  await flipFuses(binaryOf(context), { ...fuses, resetAdHocDarwinSignature })
}
