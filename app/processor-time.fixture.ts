/**
 * A clock that does not run while something else has the processor: milliseconds of processor time of this thread since
 * it was started. For « in bounded time », which no other work of the machine may decide.
 */
export const processorTime = (): (() => number) => {
  const before = process.threadCpuUsage()
  return () => {
    const { user, system } = process.threadCpuUsage(before)
    return (user + system) / 1000
  }
}
