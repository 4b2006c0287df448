// `npm run build` and `npm run inspect`: one task over all packages, skipping what has not changed.
import { become, turbo } from './prepare.mjs'

become([turbo.command, 'run', ...process.argv.slice(2), ...turbo.options], turbo.env)
