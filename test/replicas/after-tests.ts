import afterEveryTest from '../support/after-tests.ts'
import { running } from './running.ts'

/** Jest's `globalTeardown`: ends what `before-tests.ts` has started. */
export default async function afterTests(): Promise<void> {
  await running.postgres?.stop()
  await running.redis?.stop()
  afterEveryTest()
}
