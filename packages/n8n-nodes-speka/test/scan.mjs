// `node scan.mjs FOLDER sources|published`: what n8n says of a package before it is listed, as JSON on the last line.
import { analyzePackage, SOURCE_FILE_PATTERNS } from '@n8n/scan-community-package/scanner/scanner.mjs'

const [folder, what] = process.argv.slice(2)
const result = await analyzePackage(folder, what === 'sources' ? SOURCE_FILE_PATTERNS : undefined)
process.stdout.write(`${JSON.stringify(result)}\n`)
