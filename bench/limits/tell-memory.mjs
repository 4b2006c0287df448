// Loaded with `--import` into a gateway that is measured: tells, when asked over its channel, what is alive in its memory, in bytes.
process.on('message', (/** @type {{ tellMemory?: true }} */ message) => {
  if (message.tellMemory !== true) return
  globalThis.gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  process.send?.({ alive: heapUsed + arrayBuffers })
})
