/** How much of request bodies may come before the young generation is collected: a collection takes about a millisecond. */
const COLLECT_AFTER_BYTES = 8 * 1024 * 1024

let uncollected = 0

/**
 * Has the memory of bodies freed while that is cheap. Their bytes lie outside V8's heap, which fills slowly meanwhile; for
 * every few dozen megabytes of them, dead or alive, V8 starts to collect all of the heap. With prompts of 1 MB that took
 * more CPU than everything else. Collecting the young generation frees them as well.
 *
 * @param bytes how long the body is that was read.
 * @param collect does it. Default: what Node has when it was started with `--expose-gc`; without, nothing happens.
 */
export function noteBody(bytes: number, collect: NodeJS.GCFunction | undefined = globalThis.gc): void {
  uncollected += bytes
  if (uncollected < COLLECT_AFTER_BYTES || collect === undefined) return
  uncollected = 0
  // By then nothing holds the pieces any more that the last body came in.
  setImmediate(() => void collect({ type: 'minor' }))
}
