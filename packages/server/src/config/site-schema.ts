import { isIP } from 'node:net'
import { z } from 'zod'
import { publicOrigin } from './http-url.ts'
import type { Settings } from './settings.ts'
import { readSiteLook, siteLook, type SiteLook } from './site-look.ts'

/** What the configuration may say of the console and the pages for visitors. */
export const site = z.strictObject({
  enabled: z.boolean().optional(),
  public_url: z
    .string()
    .refine((text) => publicOrigin(text) !== undefined, {
      error: 'must be the address that visitors see, without a path, such as "https://speka.example.com"',
    })
    .optional(),
  sign_up: z.enum(['open', 'invited', 'off'], { error: 'must be open, invited or off' }).optional(),
  name: z.string().min(1).max(60).optional(),
  ...siteLook,
})

/** Who may become a member: anyone, whoever was invited, or nobody. */
export type SignUp = 'open' | 'invited' | 'off'

/** The console and the pages for visitors, as they are served. */
export interface Site {
  /** Whether they are on the gateway's listener. Read at the start alone. */
  readonly enabled: boolean
  /** The origin at which visitors reach the gateway's listener, such as `https://speka.example.com`; `undefined`: nobody has said. */
  readonly publicUrl: string | undefined
  readonly signUp: SignUp
  /** What it is called on its pages. */
  readonly name: string
  readonly look: SiteLook
}

/**
 * What is served by what was said: the environment goes before the file. Without a file, on an address that only this machine
 * reaches, it is on, so that a first visitor sees it.
 *
 * @param onProblem told of a field that names a file, and what is wrong with that.
 */
export function siteOf(
  said: z.output<typeof site> = {},
  settings: Pick<Settings, 'site' | 'publicUrl' | 'configFile' | 'host'>,
  onProblem: Parameters<typeof readSiteLook>[2] = () => {},
): Site {
  const unsaid = settings.configFile === undefined && isLoopback(settings.host)
  const url = settings.publicUrl ?? said.public_url
  return {
    enabled: settings.site === undefined ? (said.enabled ?? unsaid) : settings.site === 'on',
    publicUrl: url === undefined ? undefined : publicOrigin(url),
    // The first visitor of a gateway that only this machine reaches sees all of it.
    signUp: said.sign_up ?? (unsaid ? 'open' : 'invited'),
    name: said.name ?? 'Speka',
    look: readSiteLook(said, settings.configFile, onProblem),
  }
}

/** Whether only this machine reaches an address. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
