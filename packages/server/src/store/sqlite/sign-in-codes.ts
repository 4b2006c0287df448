import type { SignInCodes } from '../sign-in-codes.ts'
import type { SignInCodeQuestions } from './thread/sign-in-codes-worker.ts'
import { threadOnDemand } from './thread-on-demand.ts'

/**
 * One-time codes in a file of their own, on a thread of its own that is started when the first is asked for: however many ask for codes, no
 * commit of a record waits for one.
 */
export function sqliteSignInCodes(path: string): SignInCodes & { close(): Promise<void> } {
  const thread = threadOnDemand<SignInCodeQuestions>({ path, worker: workerFile(import.meta.url) })
  const { open } = thread
  return {
    keep: async (code) => (await open()).ask('keep', code),
    countTry: async (counted) => (await open()).ask('countTry', counted),
    forgiveTry: async (of, at) => (await open()).ask('forgiveTry', of, at),
    try: async (code) => (await open()).ask('try', code),
    close: () => thread.close(),
  }
}

/** As source when this is source, built when this is built. */
const workerFile = (here: string): URL =>
  new URL(here.endsWith('.ts') ? './thread/sign-in-codes-worker.ts' : './thread/sign-in-codes-worker.js', here)
