import { tmpdir } from 'node:os'
import { removeScratchFolder } from './scratch-folder.ts'

/** Jest's `globalTeardown`: removes what `before-tests.ts` has made. */
export default function afterTests(): void {
  removeScratchFolder(tmpdir())
}
