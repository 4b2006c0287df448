import type { Clock } from '../../clock.ts'
import type { AskForToken } from './ask-over.ts'

/** The world as flows of clouds need it. */
export interface IdentityWorld {
  readonly ask: AskForToken
  readonly clock: Pick<Clock, 'now' | 'monotonic'>
  /** The environment: where no setting says something, it does. */
  readonly variables: Readonly<Record<string, string | undefined>>
  /** The text of a file, such as a token that an orchestrator puts there and renews. */
  readonly readFile: (path: string) => Promise<string>
}

/** What the environment says; `undefined`: nothing. */
export function variable({ variables }: IdentityWorld, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = variables[name]?.trim()
    if (value !== undefined && value !== '') return value
  }
  return undefined
}
