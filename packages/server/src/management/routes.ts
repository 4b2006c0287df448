import { addAdjustment } from '../operations/add-adjustment.ts'
import { changePlan, resumeAccount, suspendAccount } from '../operations/change-account.ts'
import { changeRole, removeMember } from '../operations/change-member.ts'
import { removePasskey, renamePasskey } from '../operations/change-passkey.ts'
import { closeMonth } from '../operations/close-month.ts'
import { createAccount } from '../operations/create-account.ts'
import { createKey } from '../operations/create-key.ts'
import { createCheckout, createPortal } from '../operations/create-payment-page.ts'
import { createTeam } from '../operations/create-team.ts'
import { createToken } from '../operations/create-token.ts'
import { grantCredit } from '../operations/grant-credit.ts'
import { draftInvoice } from '../operations/draft-invoice.ts'
import { inviteMember } from '../operations/invite-member.ts'
import { isolateProvider, restoreProvider } from '../operations/isolate-provider.ts'
import { listAccounts } from '../operations/list-accounts.ts'
import { listAdjustments } from '../operations/list-adjustments.ts'
import { listAlerts } from '../operations/list-alerts.ts'
import { listAudit } from '../operations/list-audit.ts'
import { listCustomers } from '../operations/list-customers.ts'
import { listGrants } from '../operations/list-grants.ts'
import { listInvoices } from '../operations/list-invoices.ts'
import { listKeys } from '../operations/list-keys.ts'
import { listLimits, showLimit } from '../operations/list-limits.ts'
import { listMembers } from '../operations/list-members.ts'
import { listModels } from '../operations/list-models.ts'
import { listPasskeys } from '../operations/list-passkeys.ts'
import { listPayments } from '../operations/list-payments.ts'
import { listPlans } from '../operations/list-plans.ts'
import { listProviders } from '../operations/list-providers.ts'
import { listRefusals } from '../operations/list-refusals.ts'
import { listRequests, showRequest } from '../operations/list-requests.ts'
import { listTargets } from '../operations/list-targets.ts'
import { listTeams } from '../operations/list-teams.ts'
import { listTokens } from '../operations/list-tokens.ts'
import { listReprices } from '../operations/list-reprices.ts'
import { removeLimit } from '../operations/remove-limit.ts'
import { reprice } from '../operations/reprice.ts'
import { revokeGrant } from '../operations/revoke-grant.ts'
import { revokeKey } from '../operations/revoke-key.ts'
import { revokeToken } from '../operations/revoke-token.ts'
import { renameTeam } from '../operations/rename-team.ts'
import { rotateKey } from '../operations/rotate-key.ts'
import { setLimit } from '../operations/set-limit.ts'
import { showAccount } from '../operations/show-account.ts'
import { showBilling } from '../operations/show-billing.ts'
import { showInvoice } from '../operations/show-invoice.ts'
import { showLabels } from '../operations/show-labels.ts'
import { showKey } from '../operations/show-key.ts'
import { showOverview } from '../operations/show-overview.ts'
import { showPlayground } from '../operations/show-playground.ts'
import { showRouting } from '../operations/show-routing.ts'
import { showSystem } from '../operations/show-system.ts'
import { totalMargin } from '../operations/total-margin.ts'
import { totalUsage } from '../operations/total-usage.ts'
import { updateAccount } from '../operations/update-account.ts'
import { updateKey } from '../operations/update-key.ts'
import { verifyAudit } from '../operations/verify-audit.ts'
import type { ManagementRow } from './management-route.ts'
import { invoiceRenderings } from './renderings.ts'

/** The management API: every operation that there is, and where. Who may do what is the operations' own to say. */
export const managementRows: readonly ManagementRow[] = [
  { method: 'GET', path: '/api/v1/accounts', operation: listAccounts, summary: 'List the accounts.' },
  { method: 'POST', path: '/api/v1/accounts', operation: createAccount, summary: 'Make an account.', status: 201 },
  { method: 'GET', path: '/api/v1/accounts/{id}', operation: showAccount, summary: 'Show an account.' },
  {
    method: 'PATCH',
    path: '/api/v1/accounts/{id}',
    operation: updateAccount,
    summary: 'Change what an account is called, and who stands on its invoices.',
  },
  {
    method: 'POST',
    path: '/api/v1/accounts/{id}/suspend',
    operation: suspendAccount,
    summary: 'Suspend an account: within a second none of its keys works.',
  },
  {
    method: 'POST',
    path: '/api/v1/accounts/{id}/resume',
    operation: resumeAccount,
    summary: 'Let the keys of a suspended account work again.',
  },
  {
    method: 'POST',
    path: '/api/v1/accounts/{id}/plan',
    operation: changePlan,
    summary: 'Put an account on another plan.',
  },
  { method: 'GET', path: '/api/v1/plans', operation: listPlans, summary: 'List the plans there are.' },
  { method: 'GET', path: '/api/v1/teams', operation: listTeams, summary: 'List the teams.' },
  {
    method: 'GET',
    path: '/api/v1/labels',
    operation: showLabels,
    isLive: true,
    summary: 'Show what keys are told apart by, which keys bear it, and what limits it.',
  },
  { method: 'POST', path: '/api/v1/teams', operation: createTeam, summary: 'Make a team.', status: 201 },
  { method: 'PATCH', path: '/api/v1/teams/{id}', operation: renameTeam, summary: 'Give a team another name.' },
  { method: 'GET', path: '/api/v1/members', operation: listMembers, summary: 'List the members.' },
  {
    method: 'POST',
    path: '/api/v1/members',
    operation: inviteMember,
    summary: 'Invite somebody into an account.',
    status: 201,
  },
  { method: 'PATCH', path: '/api/v1/members/{id}', operation: changeRole, summary: 'Give a member another role.' },
  {
    method: 'DELETE',
    path: '/api/v1/members/{id}',
    operation: removeMember,
    summary: 'Remove a member: within a second none of his keys works.',
  },
  {
    method: 'GET',
    path: '/api/v1/passkeys',
    operation: listPasskeys,
    summary: 'List one’s own passkeys, or those of an account’s members.',
  },
  { method: 'PATCH', path: '/api/v1/passkeys/{id}', operation: renamePasskey, summary: 'Give a passkey another name.' },
  {
    method: 'DELETE',
    path: '/api/v1/passkeys/{id}',
    operation: removePasskey,
    summary: 'Remove a passkey: nobody signs in by it any more.',
  },
  { method: 'GET', path: '/api/v1/keys', operation: listKeys, isLive: true, summary: 'List the virtual keys.' },
  {
    method: 'POST',
    path: '/api/v1/keys',
    operation: createKey,
    summary: 'Make a virtual key. The key itself is in this answer, and in none after it.',
    status: 201,
  },
  { method: 'GET', path: '/api/v1/keys/{id}', operation: showKey, summary: 'Show a virtual key.' },
  { method: 'PATCH', path: '/api/v1/keys/{id}', operation: updateKey, summary: 'Change a virtual key.' },
  { method: 'DELETE', path: '/api/v1/keys/{id}', operation: revokeKey, summary: 'Stop a virtual key for good.' },
  {
    method: 'POST',
    path: '/api/v1/keys/{id}/rotate',
    operation: rotateKey,
    summary: 'Replace a virtual key by a new one like it.',
    status: 201,
  },
  { method: 'GET', path: '/api/v1/limits', operation: listLimits, isLive: true, summary: 'List the limits.' },
  {
    method: 'POST',
    path: '/api/v1/limits',
    operation: setLimit,
    summary: 'Set a limit, or change the amount of one there is.',
    status: 201,
  },
  { method: 'GET', path: '/api/v1/limits/{id}', operation: showLimit, summary: 'Show a limit.' },
  { method: 'DELETE', path: '/api/v1/limits/{id}', operation: removeLimit, summary: 'Remove a limit.' },
  { method: 'GET', path: '/api/v1/grants', operation: listGrants, summary: 'List prepaid credit.' },
  {
    method: 'POST',
    path: '/api/v1/grants',
    operation: grantCredit,
    summary: 'Give an account prepaid credit.',
    status: 201,
  },
  {
    method: 'DELETE',
    path: '/api/v1/grants/{id}',
    operation: revokeGrant,
    summary: 'Take back what is left of prepaid credit.',
  },
  {
    method: 'GET',
    path: '/api/v1/refusals',
    operation: listRefusals,
    summary: 'List who was refused by which limit, by minute, the newest first.',
  },
  {
    method: 'POST',
    path: '/api/v1/billing/checkout',
    operation: createCheckout,
    summary: 'Make a page where an account leaves a payment method and takes a plan.',
    status: 201,
  },
  {
    method: 'POST',
    path: '/api/v1/billing/portal',
    operation: createPortal,
    summary: 'Make a page where an account sees what it has paid, and changes its payment method.',
    status: 201,
  },
  {
    method: 'GET',
    path: '/api/v1/billing',
    operation: showBilling,
    isLive: true,
    summary: 'Show the plan of an account, its month, its invoices, payments and credit.',
  },
  {
    method: 'GET',
    path: '/api/v1/payments',
    operation: listPayments,
    summary: 'List what became of invoices that were handed over.',
  },
  {
    method: 'GET',
    path: '/api/v1/tokens',
    operation: listTokens,
    summary: 'List the tokens of this API.',
  },
  {
    method: 'POST',
    path: '/api/v1/tokens',
    operation: createToken,
    summary: 'Make a token of this API. The token itself is in this answer, and in none after it.',
    status: 201,
  },
  { method: 'DELETE', path: '/api/v1/tokens/{id}', operation: revokeToken, summary: 'Stop a token for good.' },
  { method: 'GET', path: '/api/v1/usage', operation: totalUsage, summary: 'Add up what was used and what it cost.' },
  {
    method: 'GET',
    path: '/api/v1/overview',
    operation: showOverview,
    isLive: true,
    summary: 'Show what the month comes to, and what was used when and by whom.',
  },
  {
    method: 'GET',
    path: '/api/v1/customers',
    operation: listCustomers,
    isLive: true,
    summary: 'List the customers that cost most, and what limits them.',
  },
  {
    method: 'GET',
    path: '/api/v1/invoices',
    operation: listInvoices,
    summary: 'List the invoices that were issued.',
  },
  {
    method: 'GET',
    path: '/api/v1/invoices/draft',
    operation: draftInvoice,
    summary: 'Show what a month comes to so far, or its invoice once that was issued.',
    renderings: invoiceRenderings,
  },
  {
    method: 'GET',
    path: '/api/v1/invoices/{number}',
    operation: showInvoice,
    summary: 'Show an invoice as it was issued.',
    renderings: invoiceRenderings,
  },
  {
    method: 'POST',
    path: '/api/v1/invoices/close',
    operation: closeMonth,
    summary: 'Issue the invoices of a month that has ended.',
  },
  { method: 'GET', path: '/api/v1/adjustments', operation: listAdjustments, summary: 'List the adjustments.' },
  {
    method: 'POST',
    path: '/api/v1/adjustments',
    operation: addAdjustment,
    summary: 'Add to what an account pays, or take from it.',
    status: 201,
  },
  {
    method: 'GET',
    path: '/api/v1/margin',
    operation: totalMargin,
    summary: 'Add up what was charged and what it cost the operator.',
  },
  { method: 'GET', path: '/api/v1/requests', operation: listRequests, summary: 'List requests, the newest first.' },
  {
    method: 'GET',
    path: '/api/v1/requests/{id}',
    operation: showRequest,
    summary: 'Show a request with every attempt.',
  },
  {
    method: 'GET',
    path: '/api/v1/models',
    operation: listModels,
    isLive: true,
    summary: 'List the models and who serves them.',
  },
  {
    method: 'GET',
    path: '/api/v1/playground',
    operation: showPlayground,
    summary: 'Show what the playground can ask: the models that answer now, and the keys to ask them with.',
  },
  {
    method: 'GET',
    path: '/api/v1/routing',
    operation: showRouting,
    summary: 'Show where requests go: targets in order, strategies, fallbacks and rules.',
  },
  { method: 'GET', path: '/api/v1/targets', operation: listTargets, summary: 'List the targets and how they fare.' },
  {
    method: 'GET',
    path: '/api/v1/providers',
    operation: listProviders,
    isLive: true,
    summary: 'List the providers, and which of their keys work.',
  },
  {
    method: 'POST',
    path: '/api/v1/providers/{name}/isolate',
    operation: isolateProvider,
    summary: 'Take a provider out: nothing more is sent to it until it is restored.',
  },
  {
    method: 'POST',
    path: '/api/v1/providers/{name}/restore',
    operation: restoreProvider,
    summary: 'Let a provider in again.',
  },
  {
    method: 'GET',
    path: '/api/v1/system',
    operation: showSystem,
    isLive: true,
    summary: 'Show what runs, since when, on what, and whether its sums are up to date.',
  },
  {
    method: 'GET',
    path: '/api/v1/reprices',
    operation: listReprices,
    summary: 'List the reprices that were applied.',
  },
  {
    method: 'POST',
    path: '/api/v1/reprices',
    operation: reprice,
    summary: 'Say what rows should have cost, and with apply adjust it.',
  },
  {
    method: 'GET',
    path: '/api/v1/alerts',
    operation: listAlerts,
    summary: 'List alerts, the newest first, and whether they were delivered.',
  },
  { method: 'GET', path: '/api/v1/audit', operation: listAudit, summary: 'List who changed what.' },
  {
    method: 'GET',
    path: '/api/v1/audit/verify',
    operation: verifyAudit,
    summary: 'Check that nobody has changed the audit.',
  },
]
