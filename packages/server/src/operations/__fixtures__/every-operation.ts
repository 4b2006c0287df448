import { addAdjustment } from '../add-adjustment.ts'
import { closeMonth } from '../close-month.ts'
import { draftInvoice } from '../draft-invoice.ts'
import { listAdjustments } from '../list-adjustments.ts'
import { listInvoices } from '../list-invoices.ts'
import { showInvoice } from '../show-invoice.ts'
import { changePlan, resumeAccount, suspendAccount } from '../change-account.ts'
import { changeRole, removeMember } from '../change-member.ts'
import { removePasskey, renamePasskey } from '../change-passkey.ts'
import { createAccount } from '../create-account.ts'
import { createKey } from '../create-key.ts'
import { createCheckout, createPortal } from '../create-payment-page.ts'
import { createTeam } from '../create-team.ts'
import { createToken } from '../create-token.ts'
import { grantCredit } from '../grant-credit.ts'
import { inviteMember } from '../invite-member.ts'
import { listAccounts } from '../list-accounts.ts'
import { listAlerts } from '../list-alerts.ts'
import { listAudit } from '../list-audit.ts'
import { listCustomers } from '../list-customers.ts'
import { listGrants } from '../list-grants.ts'
import { listKeys } from '../list-keys.ts'
import { listLimits, showLimit } from '../list-limits.ts'
import { listMembers } from '../list-members.ts'
import { listPasskeys } from '../list-passkeys.ts'
import { listPayments } from '../list-payments.ts'
import { handOverInvoices } from '../hand-over-invoices.ts'
import { listRefusals } from '../list-refusals.ts'
import { listTeams } from '../list-teams.ts'
import { listTokens } from '../list-tokens.ts'
import type { Operation } from '../operation.ts'
import { listReprices } from '../list-reprices.ts'
import { removeLimit } from '../remove-limit.ts'
import { reprice } from '../reprice.ts'
import { revokeGrant } from '../revoke-grant.ts'
import { revokeKey } from '../revoke-key.ts'
import { revokeToken } from '../revoke-token.ts'
import { rotateKey } from '../rotate-key.ts'
import { setLimit } from '../set-limit.ts'
import { showLabels } from '../show-labels.ts'
import { showBilling } from '../show-billing.ts'
import { showAccount } from '../show-account.ts'
import { showOverview } from '../show-overview.ts'
import { showKey } from '../show-key.ts'
import { reconcileUsage } from '../reconcile-usage.ts'
import { totalMargin } from '../total-margin.ts'
import { totalUsage } from '../total-usage.ts'
import { updateAccount } from '../update-account.ts'
import { updateKey } from '../update-key.ts'
import { exportRecords } from '../export-records.ts'
import { rebuildSums } from '../rebuild-sums.ts'
import { renameTeam } from '../rename-team.ts'
import { verifyAudit } from '../verify-audit.ts'
import { verifyLedger } from '../verify-ledger.ts'
import { bytesOf } from '../../reconcile/__fixtures__/bytes-of.ts'
import type { Ids } from './two-accounts.ts'

/** An operation as a test may call it for an account that has one of each. */
export interface OperationCase {
  readonly name: string
  /** Where it is. */
  readonly file: string
  readonly run: Operation<unknown>
  /** What it may be given. */
  readonly input: (ids: Ids) => Readonly<Record<string, unknown>>
  /** The fields that name something, of which kind `kindOf` says. */
  readonly ids: readonly string[]
  readonly kindOf: (field: string) => keyof Ids
  /** Whether it lists what an account has. */
  readonly lists?: boolean
  /** Whether only an operator may do it. */
  readonly operatorOnly?: boolean
}

const isOwnId = (field: string): boolean => ['id', 'number', 'key_id', 'after'].includes(field)

/** A field is named after the kind of what it names, but for an `id`, and what a list goes on behind. */
const kindBy = (of: keyof Ids) => (field: string) => (isOwnId(field) ? of : (field as keyof Ids))

type Row = readonly [
  file: string,
  run: Operation<unknown>,
  of: keyof Ids,
  ids: readonly string[],
  input: OperationCase['input'],
]

const rows: Readonly<Record<string, Row>> = {
  createAccount: ['create-account.ts', createAccount, 'account', [], () => ({ name: 'a' })],
  showAccount: ['show-account.ts', showAccount, 'account', ['id'], ({ account }) => ({ id: account })],
  suspendAccount: ['change-account.ts', suspendAccount, 'account', ['id'], ({ account }) => ({ id: account })],
  resumeAccount: ['change-account.ts', resumeAccount, 'account', ['id'], ({ account }) => ({ id: account })],
  changePlan: ['change-account.ts', changePlan, 'account', ['id'], ({ account }) => ({ id: account, plan: 'none' })],
  updateAccount: ['update-account.ts', updateAccount, 'account', ['id'], ({ account }) => ({ id: account, buyer: { country: 'DE' } })],
  renameTeam: ['rename-team.ts', renameTeam, 'team', ['id'], ({ team }) => ({ id: team, name: 'b' })],
  createTeam: ['create-team.ts', createTeam, 'team', ['account'], () => ({ name: 'a' })],
  inviteMember: [
    'invite-member.ts',
    inviteMember,
    'member',
    ['account'],
    () => ({ email: 'a@example.com', role: 'viewer' }),
  ],
  changeRole: ['change-member.ts', changeRole, 'member', ['id'], ({ member }) => ({ id: member, role: 'viewer' })],
  removeMember: ['change-member.ts', removeMember, 'member', ['id'], ({ member }) => ({ id: member })],
  createKey: ['create-key.ts', createKey, 'key', ['account', 'team', 'member'], () => ({ name: 'a' })],
  showKey: ['show-key.ts', showKey, 'key', ['id'], ({ key }) => ({ id: key })],
  updateKey: ['update-key.ts', updateKey, 'key', ['id', 'team', 'member'], ({ key }) => ({ id: key, name: 'b' })],
  rotateKey: ['rotate-key.ts', rotateKey, 'key', ['id'], ({ key }) => ({ id: key })],
  revokeKey: ['revoke-key.ts', revokeKey, 'key', ['id'], ({ key }) => ({ id: key })],
  createToken: ['create-token.ts', createToken, 'token', ['account'], () => ({ name: 'a', role: 'viewer' })],
  revokeToken: ['revoke-token.ts', revokeToken, 'token', ['id'], ({ token }) => ({ id: token })],
  setLimit: ['set-limit.ts', setLimit, 'limit', ['account'], () => ({ usd: '5' })],
  showLimit: ['list-limits.ts', showLimit, 'limit', ['id'], ({ limit }) => ({ id: limit })],
  removeLimit: ['remove-limit.ts', removeLimit, 'limit', ['id'], ({ limit }) => ({ id: limit })],
  grantCredit: ['grant-credit.ts', grantCredit, 'account', ['account'], ({ account }) => ({ account, usd: '5' })],
  listGrants: ['list-grants.ts', listGrants, 'grant', ['account', 'after'], () => ({})],
  revokeGrant: ['revoke-grant.ts', revokeGrant, 'grant', ['id'], ({ grant }) => ({ id: grant })],
  listLimits: ['list-limits.ts', listLimits, 'limit', ['account', 'after'], () => ({})],
  listAccounts: ['list-accounts.ts', listAccounts, 'account', ['after'], () => ({})],
  listTeams: ['list-teams.ts', listTeams, 'team', ['account', 'after'], () => ({})],
  listMembers: ['list-members.ts', listMembers, 'member', ['account', 'after'], () => ({})],
  listKeys: ['list-keys.ts', listKeys, 'key', ['account', 'after'], () => ({})],
  listTokens: ['list-tokens.ts', listTokens, 'token', ['account', 'after'], () => ({})],
  listPasskeys: ['list-passkeys.ts', listPasskeys, 'passkey', ['account', 'after'], () => ({})],
  renamePasskey: ['change-passkey.ts', renamePasskey, 'passkey', ['id'], ({ passkey }) => ({ id: passkey, name: 'b' })],
  removePasskey: ['change-passkey.ts', removePasskey, 'passkey', ['id'], ({ passkey }) => ({ id: passkey })],
  listAlerts: ['list-alerts.ts', listAlerts, 'account', ['account'], () => ({})],
  listRefusals: ['list-refusals.ts', listRefusals, 'key', ['account', 'key_id'], () => ({})],
  listAudit: ['list-audit.ts', listAudit, 'account', ['account'], () => ({})],
  createCheckout: ['create-payment-page.ts', createCheckout, 'account', ['account'], () => ({ plan: 'pro' })],
  createPortal: ['create-payment-page.ts', createPortal, 'account', ['account'], () => ({})],
  showLabels: ['show-labels.ts', showLabels, 'account', ['account'], () => ({})],
  showBilling: ['show-billing.ts', showBilling, 'account', ['account'], () => ({})],
  listPayments: ['list-payments.ts', listPayments, 'account', ['account'], () => ({})],
  handOverInvoices: ['hand-over-invoices.ts', handOverInvoices, 'account', [], () => ({})],
  totalUsage: ['total-usage.ts', totalUsage, 'key', ['account', 'key_id'], () => ({ by: 'key' })],
  showOverview: ['show-overview.ts', showOverview, 'key', ['account'], () => ({})],
  listCustomers: ['list-customers.ts', listCustomers, 'account', ['account'], () => ({})],
  draftInvoice: ['draft-invoice.ts', draftInvoice, 'account', ['account'], () => ({ month: '2026-11' })],
  showInvoice: ['show-invoice.ts', showInvoice, 'invoice', ['number'], ({ invoice }) => ({ number: invoice })],
  listInvoices: ['list-invoices.ts', listInvoices, 'invoice', ['account', 'after'], () => ({})],
  closeMonth: ['close-month.ts', closeMonth, 'account', [], () => ({ month: '2026-10' })],
  addAdjustment: [
    'add-adjustment.ts',
    addAdjustment,
    'adjustment',
    ['account'],
    ({ account }) => ({ account, usd: '-1', reason: 'a' }),
  ],
  listAdjustments: ['list-adjustments.ts', listAdjustments, 'adjustment', ['account', 'after'], () => ({})],
  totalMargin: ['total-margin.ts', totalMargin, 'account', [], () => ({})],
  reconcileUsage: [
    'reconcile-usage.ts',
    reconcileUsage,
    'account',
    [],
    () => ({ provider: 'acme', export: bytesOf('id,cost\na,1\n') }),
  ],
  verifyAudit: ['verify-audit.ts', verifyAudit, 'account', [], () => ({})],
  verifyLedger: ['verify-ledger.ts', verifyLedger, 'account', [], () => ({})],
  rebuildSums: ['rebuild-sums.ts', rebuildSums, 'account', [], () => ({})],
  reprice: [
    'reprice.ts',
    reprice,
    'account',
    [],
    () => ({ models: '*', since: '2026-10-01T00:00:00Z', until: '2026-11-01T00:00:00Z', price: { input: '0.10' } }),
  ],
  listReprices: ['list-reprices.ts', listReprices, 'account', [], () => ({})],
  exportRecords: ['export-records.ts', exportRecords, 'account', [], () => ({})],
}

/** Every operation on what is managed. */
export const everyOperation: readonly OperationCase[] = Object.entries(rows).map(([name, [file, run, of, ids, input]]) => ({
  name,
  file,
  run,
  input,
  ids,
  kindOf: kindBy(of),
  lists: name.startsWith('list'),
  operatorOnly: run.right === 'accounts.write' || run.right === 'audit.verify' || run.right === 'ledger.verify' || run.right === 'invoices.write',
}))
