import { accountRoles } from '../../packages/server/src/actor.ts'
import { LIVE_ANSWERS_PATH } from '../../packages/server/src/management/live-answers.ts'
import { LIVE_PATH } from '../../packages/server/src/management/live-requests.ts'
import type { ManagementRow } from '../../packages/server/src/management/management-route.ts'
import { playgroundRows } from '../../packages/server/src/management/playground-rows.ts'
import { passkeyRows, PASSKEYS_PATH } from '../../packages/server/src/management/passkey-rows.ts'
import { sessionRows } from '../../packages/server/src/management/session-rows.ts'
import { managementRows } from '../../packages/server/src/management/routes.ts'
import { mayDo, rights, type Right } from '../../packages/server/src/operations/rights.ts'
import { tableOf } from '../support/markdown-table.ts'

/** The page of the management API, as seen from the root of the repository. */
export const managementPage = 'docs/management-api.md'

/** Puts the tables of routes and of rights into the page's text, each between a comment that names it and the next one. */
export const withManagement = (page: string): string =>
  page.replace(
    /(<!-- table: (\w+) -->\n)[^]*?(<!-- end -->)/g,
    (_, begin: string, name: string, end: string) => `${begin}\n${tables[name]?.() ?? ''}\n${end}`,
  )

const tables: Readonly<Record<string, () => string>> = {
  routes: () => tableOf(['route', 'right', 'what it does'], [...managementRows.map(routeCells), ...otherRoutes]),
  rights: () =>
    tableOf(
      ['right', ...accountRoles, 'operator'],
      rights.map((right) => [`\`${right}\``, ...accountRoles.map((role) => mark(role, right)), '✓']),
    ),
}

/** Who may call what is about sessions. */
const whoMay: Readonly<Record<string, string>> = { GET: 'anyone', POST: 'the admin token', DELETE: 'any session' }

/** What is made by no operation. */
const otherRoutes = [
  ...sessionRows.map(({ method, path, summary }) => [
    `\`${method} ${path}\``,
    whoMay[method] ?? 'any session',
    summary,
  ]),
  ...playgroundRows.map(({ path, summary }) => [`\`POST ${path}\``, '`playground.use`', summary]),
  ...passkeyRows
    .filter(({ path }) => path.startsWith(PASSKEYS_PATH))
    .map(({ method, path, summary }) => [`\`${method} ${path}\``, 'a member’s session', summary]),
  [`\`GET ${LIVE_PATH}\``, '`usage.read`', 'Show requests [as they are put on record](#the-live-tail).'],
  [
    `\`GET ${LIVE_ANSWERS_PATH}\``,
    'that of the answer',
    'Show another answer, and [what changes in it](#live-answers).',
  ],
  ['`GET /api/v1/openapi.json`', 'any token', 'Describe this API in OpenAPI 3.1.'],
]

const routeCells = ({ method, path, summary, operation }: ManagementRow): string[] => [
  `\`${method} ${path}\``,
  `\`${operation.right}\``,
  summary,
]

const mark = (role: (typeof accountRoles)[number], right: Right): string =>
  mayDo({ kind: 'account', account: '', role, by: 'tok_' }, right) ? '✓' : ''
