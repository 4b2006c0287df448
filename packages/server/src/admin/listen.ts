import type { Server } from 'node:http'
import { SettingsError, type Settings } from '../config/settings.ts'
import { urlAt } from '../http/reachable-url.ts'
import type { AdminParts } from '../management/management-route.ts'
import { createAdminServer, type AdminServerOptions } from './admin-server.ts'
import { openAdminToken } from './admin-token.ts'

/** The operator's own listener, listening. */
export interface AdminListener {
  /** `http://127.0.0.1:7736` */
  readonly url: string
  /** The token, if it was made just now and nobody has seen it yet. */
  readonly newToken: string | undefined
  close(): void
}

/**
 * Opens the admin listener. A port that nobody chose and that another program has, another gateway most likely, is done
 * without.
 *
 * @returns why there is none.
 * @throws SettingsError when the chosen port cannot be had; SpekaError `storage_unavailable` when a token cannot be kept.
 */
export async function listenForAdmin(
  settings: Settings,
  parts: AdminParts,
  options: Omit<AdminServerOptions, 'host'> = {},
): Promise<AdminListener | string> {
  const { adminHost: host, adminPort: port, adminPortGiven } = settings
  const { token, isNew } = openAdminToken(settings.adminToken, settings.dataDir)
  const server = createAdminServer(token, parts, { ...options, host })
  const failure = await bind(server, host, port)
  if (failure === undefined) {
    const address = server.address()
    const bound = typeof address === 'object' && address !== null ? address.port : port
    return {
      url: urlAt(host, bound),
      newToken: isNew ? token : undefined,
      close() {
        server.close()
        server.closeAllConnections()
      },
    }
  }
  const why = `The admin listener cannot have ${host}:${port} (${failure.code ?? failure.message}).`
  if (adminPortGiven) throw new SettingsError(`${why} Choose another port with --admin-port.`)
  return `${why} The gateway runs without it; choose another port with --admin-port.`
}

function bind(server: Server, host: string, port: number): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    server.once('error', resolve)
    // Of several workers, it is this process's own.
    server.listen({ host, port, exclusive: true }, () => resolve(undefined))
  })
}
