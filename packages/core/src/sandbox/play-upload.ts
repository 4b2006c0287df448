import type { Exchange, ReplySink } from '../transport.ts'

/** Plays once a form has been read: until then there is nobody to pause, and who aborts hears of it as the transport would tell. */
export function playUpload<Read>(reading: Promise<Read>, play: (read: Read) => Exchange, sink: ReplySink): Exchange {
  let playing: Exchange | undefined
  let isAborted = false
  const failed = (kind: 'aborted' | 'other', cause: unknown): void => sink.fail({ kind, sent: true, cause })
  reading.then(
    (read) => {
      if (isAborted) failed('aborted', new Error('The request was aborted'))
      else playing = play(read)
    },
    (cause: unknown) => failed(isAborted ? 'aborted' : 'other', cause),
  )
  return {
    pause: () => playing?.pause(),
    resume: () => playing?.resume(),
    abort() {
      isAborted = true
      playing?.abort()
    },
  }
}
