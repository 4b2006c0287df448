import { saysTest } from '../../test-key-id.ts'
import { statement } from '../session.ts'
import type { Readers } from './readers.ts'

const KEYS = statement('SELECT DISTINCT key FROM usage_price WHERE account = $1')

/** Keys of an account, of those that sums have been made of, whose ids say by themselves that they are test keys. */
export async function knownTestKeys({ session, texts }: Readers, account: number): Promise<string[]> {
  const { rows } = await session.run(KEYS, [account])
  const ids = await texts.textsOf(
    session,
    rows.map(({ key }) => Number(key)),
  )
  return [...ids.values()].filter(saysTest)
}
