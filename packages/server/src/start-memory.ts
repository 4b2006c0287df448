/**
 * Gives the memory back that only the start needed: sources that were compiled, tables that were made from others. V8 keeps such pages for
 * what may come, and a server that nobody asks would hold them for hours. Takes a tenth of a second, so it is done before anybody is answered.
 *
 * @param collect does it. Default: what Node has when it was started with `--expose-gc`; without, nothing happens.
 */
export function giveBackStartMemory(collect: NodeJS.GCFunction | undefined = globalThis.gc): void {
  // Any other kind leaves the pages that it has emptied with the process.
  void collect?.({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}
