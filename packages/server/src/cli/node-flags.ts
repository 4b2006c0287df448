/** How a server's Node manages its memory. */
export const nodeFlags = [
  // A young generation that is large as soon as there is load, in MiB. V8's own grows as far as 16 only while much survives:
  // requests under way then outlive it, and are copied, and copied again into the old generation. So a loaded server takes a
  // tenth less CPU, and an idle stream a third less memory. It begins with 4, and comes to 32 in one step once 4 MiB have
  // survived, some hundred requests: a server that nobody asks would fill all of it by and by, 64 MB for nothing.
  '--min-semi-space-size=4',
  '--max-semi-space-size=32',
  '--semi-space-growth-factor=8',
  // All of the heap, and the bodies of requests outside it, may grow to four times what was alive, as V8 allows a program
  // that collects much. Else a server with little alive collects all of it every few megabytes of bodies.
  '--heap-growing-percent=300',
  // For `noteBody`.
  '--expose-gc',
  // What two collections close together both find alive V8 takes for long-lived, and from then on makes in the old generation at
  // once. Here that is whatever was under way just then: all that such an object reaches, a whole request, then outlives the
  // young generation and waits for a full collection, for as long as the process runs.
  '--no-allocation-site-pretenuring',
] as const

const WORDS_ALONE = ['--version', '--help', '-h']

/** Whether arguments are those of a gateway that starts, and stays: options alone mean `start`. */
export const startsGateway = (args: readonly string[]): boolean => {
  const [first = 'start'] = args
  return first === 'start' || (first.startsWith('-') && !WORDS_ALONE.includes(first))
}

/**
 * Starts this very process anew with {@link nodeFlags}, under the same number, with the same arguments, files and
 * environment. It returns where nothing was done: on Windows, where Node's permissions forbid it, where the operator has
 * chosen sizes, and where a parent holds a channel to this process, which would be lost.
 */
export function restartWithFlags(environment: NodeJS.ProcessEnv): void {
  const { execve, execPath, execArgv, argv, channel, platform } = process
  const chosen = `${execArgv.join(' ')} ${environment['NODE_OPTIONS'] ?? ''}`.includes('semi-space-size')
  if (execve === undefined || platform === 'win32' || channel !== undefined || chosen) return
  try {
    execve(execPath, [execPath, ...nodeFlags, ...execArgv, ...argv.slice(1)], environment)
  } catch {
    // Slower, but no reason not to run.
  }
}
