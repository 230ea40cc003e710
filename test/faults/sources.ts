/** Files of the program under test by their path in app/, `victim` for the program that is going to be killed. */
export type Programs = Readonly<Record<string, string>>

/** Where a worker of app/ is; throws when scripts/bundles.ts does not know it. */
export const sourceIn =
  (programs: Programs) =>
  (path: string): string => {
    const file = programs[path]
    if (file === undefined) throw new Error(`scripts/bundles.ts has no ${path}`)
    return file
  }
