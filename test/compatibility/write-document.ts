// `npm run compatibility`: writes the page anew.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { compatibilityDocument, DOCUMENT } from './document.ts'

writeFileSync(join(import.meta.dirname, '..', '..', DOCUMENT), compatibilityDocument())
