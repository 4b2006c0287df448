import { listenForAdmin, type AdminListener } from '../admin/listen.ts'
import type { Settings } from '../config/settings.ts'
import type { AdminParts } from '../management/management-route.ts'
import type { Terminal } from './command.ts'

/** Opens the admin listener and says where it is; a token that was made for it is shown this once. */
export async function openAdmin(
  settings: Settings,
  parts: AdminParts,
  terminal: Terminal,
): Promise<AdminListener | undefined> {
  const opened = await listenForAdmin(settings, parts)
  if (typeof opened === 'string') {
    terminal.error(`Note: ${opened}`)
    return undefined
  }
  if (opened.newToken !== undefined) {
    terminal.out(`Metrics are at ${opened.url}/metrics, for who has the admin token. It is shown this once:\n`)
    terminal.out(`  admin  ${opened.newToken}\n`)
  }
  return opened
}
