import { watch } from 'node:fs'
import { basename, dirname } from 'node:path'

/** Long enough for an editor to finish writing, in ms. */
const SETTLE_MS = 100

/** What Kubernetes replaces when a mounted configuration changes; the file itself is a link through it. */
const MOUNT_LINK = '..data'

/** Tells whenever a file has changed, once it is written. Watches its folder, since editors replace files. */
export function watchConfigFile(configFile: string | undefined, onChange: () => void): { close(): void } {
  if (configFile === undefined) return { close() {} }
  let settling: NodeJS.Timeout | undefined
  const watcher = watch(dirname(configFile), { persistent: false }, (_event, name) => {
    if (name !== basename(configFile) && name !== MOUNT_LINK) return
    clearTimeout(settling)
    settling = setTimeout(onChange, SETTLE_MS).unref()
  })
  // A folder that went away takes its watcher with it, not the gateway. SIGHUP still reloads.
  watcher.on('error', () => watcher.close())
  return {
    close() {
      clearTimeout(settling)
      watcher.close()
    },
  }
}
