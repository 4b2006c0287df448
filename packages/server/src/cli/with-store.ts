import { readSettings, type Settings } from '../config/settings.ts'
import { storeIn } from '../store/open-store.ts'
import type { Store } from '../store/store.ts'
import { text, type Invocation } from './command.ts'

/** The option by which a command finds the store. */
export const dataOption = { data: { type: 'string' } } as const

/** Opens the store for as long as `use` needs it. A server may be using it at the same time. */
export async function withStore<Result>(
  { options, variables }: Invocation,
  use: (store: Store, settings: Settings) => Promise<Result>,
): Promise<Result> {
  const settings = readSettings(variables, { data: text(options, 'data') })
  const store = await storeIn(settings.dataDir).open()
  try {
    return await use(store, settings)
  } finally {
    await store.close()
  }
}

/** Whether there is a store yet: reading commands need not make one. */
export const storeExists = ({ options, variables }: Invocation): boolean =>
  storeIn(readSettings(variables, { data: text(options, 'data') }).dataDir).exists()
