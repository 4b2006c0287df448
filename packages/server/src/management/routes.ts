import { createKey } from '../operations/create-key.ts'
import { isolateProvider, restoreProvider } from '../operations/isolate-provider.ts'
import { listKeys } from '../operations/list-keys.ts'
import { listModels } from '../operations/list-models.ts'
import { listProviders } from '../operations/list-providers.ts'
import { listTargets } from '../operations/list-targets.ts'
import { revokeKey } from '../operations/revoke-key.ts'
import { rotateKey } from '../operations/rotate-key.ts'
import { showKey } from '../operations/show-key.ts'
import { totalUsage } from '../operations/total-usage.ts'
import { updateKey } from '../operations/update-key.ts'
import type { ManagementRow } from './management-route.ts'

/** The management API: every operation that there is, and where. Who may do what is the operations' own to say. */
export const managementRows: readonly ManagementRow[] = [
  { method: 'GET', path: '/api/v1/keys', operation: listKeys, summary: 'List the virtual keys.' },
  {
    method: 'POST',
    path: '/api/v1/keys',
    operation: createKey,
    status: 201,
    summary: 'Make a virtual key. The key itself is in this answer, and in none after it.',
  },
  { method: 'GET', path: '/api/v1/keys/{id}', operation: showKey, summary: 'Show a virtual key.' },
  { method: 'PATCH', path: '/api/v1/keys/{id}', operation: updateKey, summary: 'Change a virtual key.' },
  { method: 'DELETE', path: '/api/v1/keys/{id}', operation: revokeKey, summary: 'Stop a virtual key for good.' },
  {
    method: 'POST',
    path: '/api/v1/keys/{id}/rotate',
    operation: rotateKey,
    status: 201,
    summary: 'Replace a virtual key by a new one like it.',
  },
  { method: 'GET', path: '/api/v1/models', operation: listModels, summary: 'List the models and who serves them.' },
  { method: 'GET', path: '/api/v1/targets', operation: listTargets, summary: 'List the targets and how they fare.' },
  {
    method: 'GET',
    path: '/api/v1/providers',
    operation: listProviders,
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
  { method: 'GET', path: '/api/v1/usage', operation: totalUsage, summary: 'Add up what was used and what it cost.' },
]
