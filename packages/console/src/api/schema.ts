// Made by `npm run providers` from the schemas that the management API checks its input by. Not edited by hand.

export interface paths {
  '/api/v1/accounts': {
    /** List the accounts. */
    get: {
      parameters: {
        query?: { after?: string | undefined; limit?: number | string | undefined }
        header?: never
        path?: never
      }
      responses: {
        200: { content: { 'application/json': { data: ({ id: string; name: string; plan: string; next_plan: { plan: string; from: string } | null; email: string | null; status: 'active' | 'suspended'; buyer: { name: string | null; address: string | null; country: string | null; tax_id: string | null }; created_at: string | null; revision: number })[]; next: string | null } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
    /** Make an account. */
    post: {
      parameters: {
        query?: never
        header?: { 'idempotency-key'?: string | undefined }
        path?: never
      }
      requestBody: { content: { 'application/json': { name: string; plan?: string | undefined; email?: string | undefined } } }
      responses: {
        201: { content: { 'application/json': { id: string; name: string; plan: string; next_plan: { plan: string; from: string } | null; email: string | null; status: 'active' | 'suspended'; buyer: { name: string | null; address: string | null; country: string | null; tax_id: string | null }; created_at: string | null; revision: number } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/accounts/{id}': {
    /** Show an account. */
    get: {
      parameters: {
        query?: never
        header?: never
        path: { id: string }
      }
      responses: {
        200: { content: { 'application/json': { id: string; name: string; plan: string; next_plan: { plan: string; from: string } | null; email: string | null; status: 'active' | 'suspended'; buyer: { name: string | null; address: string | null; country: string | null; tax_id: string | null }; created_at: string | null; revision: number } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
    /** Change what an account is called, and who stands on its invoices. */
    patch: {
      parameters: {
        query?: never
        header?: { 'if-match'?: string | undefined }
        path: { id: string }
      }
      requestBody?: { content: { 'application/json': { name?: string | undefined; email?: string | null | undefined; buyer?: { name?: string | null | undefined; address?: string | null | undefined; country?: string | null | undefined; tax_id?: string | null | undefined } | undefined; revision?: number | undefined } } }
      responses: {
        200: { content: { 'application/json': { id: string; name: string; plan: string; next_plan: { plan: string; from: string } | null; email: string | null; status: 'active' | 'suspended'; buyer: { name: string | null; address: string | null; country: string | null; tax_id: string | null }; created_at: string | null; revision: number } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/accounts/{id}/suspend': {
    /** Suspend an account: within a second none of its keys works. */
    post: {
      parameters: {
        query?: never
        header?: { 'idempotency-key'?: string | undefined; 'if-match'?: string | undefined }
        path: { id: string }
      }
      requestBody?: { content: { 'application/json': { revision?: number | undefined } } }
      responses: {
        200: { content: { 'application/json': { id: string; name: string; plan: string; next_plan: { plan: string; from: string } | null; email: string | null; status: 'active' | 'suspended'; buyer: { name: string | null; address: string | null; country: string | null; tax_id: string | null }; created_at: string | null; revision: number } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/accounts/{id}/resume': {
    /** Let the keys of a suspended account work again. */
    post: {
      parameters: {
        query?: never
        header?: { 'idempotency-key'?: string | undefined; 'if-match'?: string | undefined }
        path: { id: string }
      }
      requestBody?: { content: { 'application/json': { revision?: number | undefined } } }
      responses: {
        200: { content: { 'application/json': { id: string; name: string; plan: string; next_plan: { plan: string; from: string } | null; email: string | null; status: 'active' | 'suspended'; buyer: { name: string | null; address: string | null; country: string | null; tax_id: string | null }; created_at: string | null; revision: number } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/accounts/{id}/plan': {
    /** Put an account on another plan. */
    post: {
      parameters: {
        query?: never
        header?: { 'idempotency-key'?: string | undefined; 'if-match'?: string | undefined }
        path: { id: string }
      }
      requestBody: { content: { 'application/json': { plan: string; when?: 'now' | 'month_end' | undefined; revision?: number | undefined } } }
      responses: {
        200: { content: { 'application/json': { id: string; name: string; plan: string; next_plan: { plan: string; from: string } | null; email: string | null; status: 'active' | 'suspended'; buyer: { name: string | null; address: string | null; country: string | null; tax_id: string | null }; created_at: string | null; revision: number } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/plans': {
    /** List the plans there are. */
    get: {
      parameters: {
        query?: never
        header?: never
        path?: never
      }
      responses: {
        200: { content: { 'application/json': { data: ({ id: string; monthly_usd: string; included_usd: string; requests_per_minute: number | null; keys: number | null; overage: 'stop' | 'bill'; features: (string)[] })[]; next: string | null } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/teams': {
    /** List the teams. */
    get: {
      parameters: {
        query?: { account?: string | undefined; after?: string | undefined; limit?: number | string | undefined }
        header?: never
        path?: never
      }
      responses: {
        200: { content: { 'application/json': { data: ({ id: string; account: string; name: string; created_at: string; revision: number })[]; next: string | null } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
    /** Make a team. */
    post: {
      parameters: {
        query?: never
        header?: { 'idempotency-key'?: string | undefined }
        path?: never
      }
      requestBody: { content: { 'application/json': { name: string; account?: string | undefined } } }
      responses: {
        201: { content: { 'application/json': { id: string; account: string; name: string; created_at: string; revision: number } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/labels': {
    /** Show what keys are told apart by, which keys bear it, and what limits it. */
    get: {
      parameters: {
        query?: { account?: string | undefined }
        header?: never
        path?: never
      }
      responses: {
        200: { content: { 'application/json': { teams: ({ id: string; account: string; name: string; created_at: string; revision: number })[]; keys: ({ account: string; team: string | null; environment: string | null; status: 'active' | 'revoked' | 'replaced' | 'expired' })[] | null; limits: ({ id: string; kind: 'usd' | 'rpm' | 'rpd' | 'tpm' | 'max_parallel'; limit: string; window: 'day' | 'week' | 'month' | 'lifetime' | 'minute' | 'parallel'; models: string | null; on_reached: 'stop' | 'notify' | 'fallback'; account: string; subject: { kind: 'account' | 'team' | 'environment' | 'member' | 'key' | 'customer' | 'tag'; id: string | null }; fallback: (string)[] | null; status: 'active' | 'removed'; set_by: 'operator' | 'account'; spent_usd: string | null; held_usd: string | null; left_usd: string | null; resets_at: string | null; refused_last_day: number; created_at: string; removed_at: string | null; revision: number })[] } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/teams/{id}': {
    /** Give a team another name. */
    patch: {
      parameters: {
        query?: never
        header?: { 'if-match'?: string | undefined }
        path: { id: string }
      }
      requestBody: { content: { 'application/json': { name: string; revision?: number | undefined } } }
      responses: {
        200: { content: { 'application/json': { id: string; account: string; name: string; created_at: string; revision: number } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/members': {
    /** List the members. */
    get: {
      parameters: {
        query?: { account?: string | undefined; after?: string | undefined; limit?: number | string | undefined }
        header?: never
        path?: never
      }
      responses: {
        200: { content: { 'application/json': { data: ({ id: string; account: string; email: string; role: 'owner' | 'admin' | 'billing' | 'member' | 'viewer'; status: 'invited' | 'active' | 'removed'; created_at: string; revision: number })[]; next: string | null } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
    /** Invite somebody into an account. */
    post: {
      parameters: {
        query?: never
        header?: { 'idempotency-key'?: string | undefined }
        path?: never
      }
      requestBody: { content: { 'application/json': { email: string; role: 'owner' | 'admin' | 'billing' | 'member' | 'viewer'; account?: string | undefined } } }
      responses: {
        201: { content: { 'application/json': { id: string; account: string; email: string; role: 'owner' | 'admin' | 'billing' | 'member' | 'viewer'; status: 'invited' | 'active' | 'removed'; created_at: string; revision: number } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/members/{id}': {
    /** Give a member another role. */
    patch: {
      parameters: {
        query?: never
        header?: { 'if-match'?: string | undefined }
        path: { id: string }
      }
      requestBody: { content: { 'application/json': { role: 'owner' | 'admin' | 'billing' | 'member' | 'viewer'; revision?: number | undefined } } }
      responses: {
        200: { content: { 'application/json': { id: string; account: string; email: string; role: 'owner' | 'admin' | 'billing' | 'member' | 'viewer'; status: 'invited' | 'active' | 'removed'; created_at: string; revision: number } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
    /** Remove a member: within a second none of his keys works. */
    delete: {
      parameters: {
        query?: never
        header?: { 'if-match'?: string | undefined }
        path: { id: string }
      }
      requestBody?: { content: { 'application/json': { revision?: number | undefined } } }
      responses: {
        200: { content: { 'application/json': { id: string; account: string; email: string; role: 'owner' | 'admin' | 'billing' | 'member' | 'viewer'; status: 'invited' | 'active' | 'removed'; created_at: string; revision: number } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/passkeys': {
    /** List one’s own passkeys, or those of an account’s members. */
    get: {
      parameters: {
        query?: { account?: string | undefined; after?: string | undefined; limit?: number | string | undefined }
        header?: never
        path?: never
      }
      responses: {
        200: { content: { 'application/json': { data: ({ id: string; account: string; member: string; name: string; status: 'active' | 'copied' | 'removed'; transports: (string)[]; created_at: string; last_used_at: string | null; revision: number })[]; next: string | null } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
    /** Add the passkey that the browser has made. */
    post: {
      parameters: {
        query?: never
        header?: { 'idempotency-key'?: string | undefined }
        path?: never
      }
      requestBody: { content: { 'application/json': { name: string; credential: { id: string; rawId: string; type: 'public-key'; response: { clientDataJSON: string; attestationObject: string; transports?: (string)[] | undefined } } } } }
      responses: {
        201: { content: { 'application/json': { id: string; account: string; member: string; name: string; status: 'active' | 'copied' | 'removed'; transports: (string)[]; created_at: string; last_used_at: string | null; revision: number } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/passkeys/{id}': {
    /** Give a passkey another name. */
    patch: {
      parameters: {
        query?: never
        header?: { 'if-match'?: string | undefined }
        path: { id: string }
      }
      requestBody: { content: { 'application/json': { name: string; revision?: number | undefined } } }
      responses: {
        200: { content: { 'application/json': { id: string; account: string; member: string; name: string; status: 'active' | 'copied' | 'removed'; transports: (string)[]; created_at: string; last_used_at: string | null; revision: number } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
    /** Remove a passkey: nobody signs in by it any more. */
    delete: {
      parameters: {
        query?: never
        header?: { 'if-match'?: string | undefined }
        path: { id: string }
      }
      requestBody?: { content: { 'application/json': { revision?: number | undefined } } }
      responses: {
        200: { content: { 'application/json': { id: string; account: string; member: string; name: string; status: 'active' | 'copied' | 'removed'; transports: (string)[]; created_at: string; last_used_at: string | null; revision: number } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/keys': {
    /** List the virtual keys. */
    get: {
      parameters: {
        query?: { account?: string | undefined; include?: string | undefined; after?: string | undefined; limit?: number | string | undefined }
        header?: never
        path?: never
      }
      responses: {
        200: { content: { 'application/json': { data: ({ id: string; account: string; name: string; mode: 'live' | 'test'; plan: string; team: string | null; member: string | null; environment: string | null; tags: (string)[]; models: (string)[] | null; endpoints: (string)[] | null; providers: (string)[] | null; limits: ({ id: string; kind: 'usd' | 'rpm' | 'rpd' | 'tpm' | 'max_parallel'; limit: string; window: 'day' | 'week' | 'month' | 'lifetime' | 'minute' | 'parallel'; models: string | null; on_reached: 'stop' | 'notify' | 'fallback'; spent_usd?: string | null | undefined; held_usd?: string | null | undefined; left_usd?: string | null | undefined; resets_at?: string | null | undefined })[]; status: 'active' | 'revoked' | 'replaced' | 'expired'; created_at: string; expires_at: string | null; revoked_at: string | null; replaced_by: string | null; replaced_until: string | null; last_used_at: string | null; revision: number; team_name?: string | null | undefined })[]; next: string | null } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
    /** Make a virtual key. The key itself is in this answer, and in none after it. */
    post: {
      parameters: {
        query?: never
        header?: { 'idempotency-key'?: string | undefined }
        path?: never
      }
      requestBody: { content: { 'application/json': { name: string; account?: string | undefined; plan?: string | undefined; mode?: 'live' | 'test' | undefined; team?: string | undefined; member?: string | undefined; environment?: string | undefined; tags?: (string)[] | undefined; models?: (string)[] | undefined; endpoints?: ('chat' | 'embeddings' | 'images' | 'image_edits' | 'rerank' | 'transcription' | 'translation' | 'speech' | 'moderation')[] | undefined; providers?: (string)[] | undefined; limits?: { usd?: string | undefined; window?: 'day' | 'week' | 'month' | 'lifetime' | undefined; rpm?: number | undefined; rpd?: number | undefined; tpm?: number | undefined; max_parallel?: number | undefined } | undefined; expires_at?: string | undefined } } }
      responses: {
        201: { content: { 'application/json': { id: string; account: string; name: string; mode: 'live' | 'test'; plan: string; team: string | null; member: string | null; environment: string | null; tags: (string)[]; models: (string)[] | null; endpoints: (string)[] | null; providers: (string)[] | null; limits: ({ id: string; kind: 'usd' | 'rpm' | 'rpd' | 'tpm' | 'max_parallel'; limit: string; window: 'day' | 'week' | 'month' | 'lifetime' | 'minute' | 'parallel'; models: string | null; on_reached: 'stop' | 'notify' | 'fallback' })[]; status: 'active' | 'revoked' | 'replaced' | 'expired'; created_at: string; expires_at: string | null; revoked_at: string | null; replaced_by: string | null; replaced_until: string | null; last_used_at: string | null; revision: number; key: string } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/keys/{id}': {
    /** Show a virtual key. */
    get: {
      parameters: {
        query?: never
        header?: never
        path: { id: string }
      }
      responses: {
        200: { content: { 'application/json': { id: string; account: string; name: string; mode: 'live' | 'test'; plan: string; team: string | null; member: string | null; environment: string | null; tags: (string)[]; models: (string)[] | null; endpoints: (string)[] | null; providers: (string)[] | null; limits: ({ id: string; kind: 'usd' | 'rpm' | 'rpd' | 'tpm' | 'max_parallel'; limit: string; window: 'day' | 'week' | 'month' | 'lifetime' | 'minute' | 'parallel'; models: string | null; on_reached: 'stop' | 'notify' | 'fallback' })[]; status: 'active' | 'revoked' | 'replaced' | 'expired'; created_at: string; expires_at: string | null; revoked_at: string | null; replaced_by: string | null; replaced_until: string | null; last_used_at: string | null; revision: number } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
    /** Change a virtual key. */
    patch: {
      parameters: {
        query?: never
        header?: { 'if-match'?: string | undefined }
        path: { id: string }
      }
      requestBody?: { content: { 'application/json': { name?: string | undefined; team?: string | null | undefined; member?: string | null | undefined; environment?: string | null | undefined; tags?: (string)[] | null | undefined; models?: (string)[] | null | undefined; endpoints?: ('chat' | 'embeddings' | 'images' | 'image_edits' | 'rerank' | 'transcription' | 'translation' | 'speech' | 'moderation')[] | null | undefined; providers?: (string)[] | null | undefined; expires_at?: string | null | undefined; limits?: { usd?: string | null | undefined; window?: 'day' | 'week' | 'month' | 'lifetime' | undefined; rpm?: number | null | undefined; rpd?: number | null | undefined; tpm?: number | null | undefined; max_parallel?: number | null | undefined } | undefined; revision?: number | undefined } } }
      responses: {
        200: { content: { 'application/json': { id: string; account: string; name: string; mode: 'live' | 'test'; plan: string; team: string | null; member: string | null; environment: string | null; tags: (string)[]; models: (string)[] | null; endpoints: (string)[] | null; providers: (string)[] | null; limits: ({ id: string; kind: 'usd' | 'rpm' | 'rpd' | 'tpm' | 'max_parallel'; limit: string; window: 'day' | 'week' | 'month' | 'lifetime' | 'minute' | 'parallel'; models: string | null; on_reached: 'stop' | 'notify' | 'fallback' })[]; status: 'active' | 'revoked' | 'replaced' | 'expired'; created_at: string; expires_at: string | null; revoked_at: string | null; replaced_by: string | null; replaced_until: string | null; last_used_at: string | null; revision: number } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
    /** Stop a virtual key for good. */
    delete: {
      parameters: {
        query?: never
        header?: { 'if-match'?: string | undefined }
        path: { id: string }
      }
      requestBody?: { content: { 'application/json': { revision?: number | undefined } } }
      responses: {
        200: { content: { 'application/json': { id: string; account: string; name: string; mode: 'live' | 'test'; plan: string; team: string | null; member: string | null; environment: string | null; tags: (string)[]; models: (string)[] | null; endpoints: (string)[] | null; providers: (string)[] | null; limits: ({ id: string; kind: 'usd' | 'rpm' | 'rpd' | 'tpm' | 'max_parallel'; limit: string; window: 'day' | 'week' | 'month' | 'lifetime' | 'minute' | 'parallel'; models: string | null; on_reached: 'stop' | 'notify' | 'fallback' })[]; status: 'active' | 'revoked' | 'replaced' | 'expired'; created_at: string; expires_at: string | null; revoked_at: string | null; replaced_by: string | null; replaced_until: string | null; last_used_at: string | null; revision: number } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/keys/{id}/rotate': {
    /** Replace a virtual key by a new one like it. */
    post: {
      parameters: {
        query?: never
        header?: { 'idempotency-key'?: string | undefined; 'if-match'?: string | undefined }
        path: { id: string }
      }
      requestBody?: { content: { 'application/json': { grace?: string | undefined; revision?: number | undefined } } }
      responses: {
        201: { content: { 'application/json': { id: string; account: string; name: string; mode: 'live' | 'test'; plan: string; team: string | null; member: string | null; environment: string | null; tags: (string)[]; models: (string)[] | null; endpoints: (string)[] | null; providers: (string)[] | null; limits: ({ id: string; kind: 'usd' | 'rpm' | 'rpd' | 'tpm' | 'max_parallel'; limit: string; window: 'day' | 'week' | 'month' | 'lifetime' | 'minute' | 'parallel'; models: string | null; on_reached: 'stop' | 'notify' | 'fallback' })[]; status: 'active' | 'revoked' | 'replaced' | 'expired'; created_at: string; expires_at: string | null; revoked_at: string | null; replaced_by: string | null; replaced_until: string | null; last_used_at: string | null; revision: number; key: string; replaces: string } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/limits': {
    /** List the limits. */
    get: {
      parameters: {
        query?: { account?: string | undefined; include?: string | undefined; after?: string | undefined; limit?: number | string | undefined }
        header?: never
        path?: never
      }
      responses: {
        200: { content: { 'application/json': { data: ({ id: string; kind: 'usd' | 'rpm' | 'rpd' | 'tpm' | 'max_parallel'; limit: string; window: 'day' | 'week' | 'month' | 'lifetime' | 'minute' | 'parallel'; models: string | null; on_reached: 'stop' | 'notify' | 'fallback'; account: string; subject: { kind: 'account' | 'team' | 'environment' | 'member' | 'key' | 'customer' | 'tag'; id: string | null }; fallback: (string)[] | null; status: 'active' | 'removed'; set_by: 'operator' | 'account'; spent_usd: string | null; held_usd: string | null; left_usd: string | null; resets_at: string | null; refused_last_day: number; created_at: string; removed_at: string | null; revision: number; subject_name?: string | null | undefined })[]; next: string | null } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
    /** Set a limit, or change the amount of one there is. */
    post: {
      parameters: {
        query?: never
        header?: { 'idempotency-key'?: string | undefined; 'if-match'?: string | undefined }
        path?: never
      }
      requestBody?: { content: { 'application/json': { account?: string | undefined; subject?: { account?: string | undefined; team?: string | undefined; environment?: string | undefined; member?: string | undefined; key?: string | undefined; customer?: string | undefined; tag?: string | undefined; each?: 'account' | 'team' | 'environment' | 'member' | 'key' | 'customer' | 'tag' | undefined } | undefined; usd?: string | undefined; window?: 'day' | 'week' | 'month' | 'lifetime' | undefined; rpm?: number | undefined; rpd?: number | undefined; tpm?: number | undefined; max_parallel?: number | undefined; models?: string | undefined; on_reached?: 'stop' | 'notify' | 'fallback' | undefined; fallback?: (string)[] | undefined; revision?: number | undefined } } }
      responses: {
        201: { content: { 'application/json': { id: string; kind: 'usd' | 'rpm' | 'rpd' | 'tpm' | 'max_parallel'; limit: string; window: 'day' | 'week' | 'month' | 'lifetime' | 'minute' | 'parallel'; models: string | null; on_reached: 'stop' | 'notify' | 'fallback'; account: string; subject: { kind: 'account' | 'team' | 'environment' | 'member' | 'key' | 'customer' | 'tag'; id: string | null }; fallback: (string)[] | null; status: 'active' | 'removed'; set_by: 'operator' | 'account'; spent_usd: string | null; held_usd: string | null; left_usd: string | null; resets_at: string | null; refused_last_day: number; created_at: string; removed_at: string | null; revision: number } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/limits/{id}': {
    /** Show a limit. */
    get: {
      parameters: {
        query?: never
        header?: never
        path: { id: string }
      }
      responses: {
        200: { content: { 'application/json': { id: string; kind: 'usd' | 'rpm' | 'rpd' | 'tpm' | 'max_parallel'; limit: string; window: 'day' | 'week' | 'month' | 'lifetime' | 'minute' | 'parallel'; models: string | null; on_reached: 'stop' | 'notify' | 'fallback'; account: string; subject: { kind: 'account' | 'team' | 'environment' | 'member' | 'key' | 'customer' | 'tag'; id: string | null }; fallback: (string)[] | null; status: 'active' | 'removed'; set_by: 'operator' | 'account'; spent_usd: string | null; held_usd: string | null; left_usd: string | null; resets_at: string | null; refused_last_day: number; created_at: string; removed_at: string | null; revision: number } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
    /** Remove a limit. */
    delete: {
      parameters: {
        query?: never
        header?: { 'if-match'?: string | undefined }
        path: { id: string }
      }
      requestBody?: { content: { 'application/json': { revision?: number | undefined } } }
      responses: {
        200: { content: { 'application/json': { id: string; kind: 'usd' | 'rpm' | 'rpd' | 'tpm' | 'max_parallel'; limit: string; window: 'day' | 'week' | 'month' | 'lifetime' | 'minute' | 'parallel'; models: string | null; on_reached: 'stop' | 'notify' | 'fallback'; account: string; subject: { kind: 'account' | 'team' | 'environment' | 'member' | 'key' | 'customer' | 'tag'; id: string | null }; fallback: (string)[] | null; status: 'active' | 'removed'; set_by: 'operator' | 'account'; spent_usd: string | null; held_usd: string | null; left_usd: string | null; resets_at: string | null; refused_last_day: number; created_at: string; removed_at: string | null; revision: number } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/grants': {
    /** List prepaid credit. */
    get: {
      parameters: {
        query?: { account?: string | undefined; after?: string | undefined; limit?: number | string | undefined }
        header?: never
        path?: never
      }
      responses: {
        200: { content: { 'application/json': { data: ({ id: string; account: string; usd: string; left_usd: string | null; priority: number; from: string; expires_at: string | null; note: string | null; status: 'ahead' | 'active' | 'expired' | 'revoked'; created_at: string; revoked_at: string | null; revision: number })[]; next: string | null } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
    /** Give an account prepaid credit. */
    post: {
      parameters: {
        query?: never
        header?: { 'idempotency-key'?: string | undefined }
        path?: never
      }
      requestBody: { content: { 'application/json': { account: string; usd: string; priority?: number | string | undefined; from?: string | undefined; expires_at?: string | undefined; note?: string | undefined } } }
      responses: {
        201: { content: { 'application/json': { id: string; account: string; usd: string; left_usd: string | null; priority: number; from: string; expires_at: string | null; note: string | null; status: 'ahead' | 'active' | 'expired' | 'revoked'; created_at: string; revoked_at: string | null; revision: number } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/grants/{id}': {
    /** Take back what is left of prepaid credit. */
    delete: {
      parameters: {
        query?: never
        header?: { 'if-match'?: string | undefined }
        path: { id: string }
      }
      requestBody?: { content: { 'application/json': { revision?: number | undefined } } }
      responses: {
        200: { content: { 'application/json': { id: string; account: string; usd: string; left_usd: string | null; priority: number; from: string; expires_at: string | null; note: string | null; status: 'ahead' | 'active' | 'expired' | 'revoked'; created_at: string; revoked_at: string | null; revision: number } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/refusals': {
    /** List who was refused by which limit, by minute, the newest first. */
    get: {
      parameters: {
        query?: { account?: string | undefined; key_id?: string | undefined; limit_id?: string | undefined; since?: string | undefined; after?: number | string | undefined; limit?: number | string | undefined }
        header?: never
        path?: never
      }
      responses: {
        200: { content: { 'application/json': { data: ({ n: number; at: string; account: string; key_id: string; limit_id: string; subject: string; kind: string; window: string; refused: number })[]; next: string | null } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/billing/checkout': {
    /** Make a page where an account leaves a payment method and takes a plan. */
    post: {
      parameters: {
        query?: never
        header?: { 'idempotency-key'?: string | undefined }
        path?: never
      }
      requestBody: { content: { 'application/json': { account?: string | undefined; plan: string } } }
      responses: {
        201: { content: { 'application/json': { account: string; url: string; expires_at: string | null } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/billing/portal': {
    /** Make a page where an account sees what it has paid, and changes its payment method. */
    post: {
      parameters: {
        query?: never
        header?: { 'idempotency-key'?: string | undefined }
        path?: never
      }
      requestBody?: { content: { 'application/json': { account?: string | undefined } } }
      responses: {
        201: { content: { 'application/json': { account: string; url: string; expires_at: string | null } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/billing': {
    /** Show the plan of an account, its month, its invoices, payments and credit. */
    get: {
      parameters: {
        query?: { account?: string | undefined }
        header?: never
        path?: never
      }
      responses: {
        200: { content: { 'application/json': { account: { id: string; name: string; plan: string; next_plan: { plan: string; from: string } | null; email: string | null; status: 'active' | 'suspended'; buyer: { name: string | null; address: string | null; country: string | null; tax_id: string | null }; created_at: string | null; revision: number }; plans: ({ id: string; monthly_usd: string; included_usd: string; requests_per_minute: number | null; keys: number | null; overage: 'stop' | 'bill'; features: (string)[] })[]; month: { month: string; spent_usd: string; allowance_usd: string | null; forecast_usd: string; elapsed: number; last_month_usd: string }; invoices: ({ kind: 'invoice' | 'credit_note'; account: string; month: string; usage_usd: string; net_usd: string; total_usd: string; currency: 'USD'; number: string; issued_at: string; hash: string })[]; payments: ({ id: string; account: string; invoice: string; total_usd: string; state: 'pending' | 'open' | 'paid' | 'refunded' | 'failed' | 'disputed' | 'void'; refunded_usd: string; provider: string; reference: string | null; failed_since: string | null; created_at: string | null; changed_at: string | null })[]; grants: ({ id: string; account: string; usd: string; left_usd: string | null; priority: number; from: string; expires_at: string | null; note: string | null; status: 'ahead' | 'active' | 'expired' | 'revoked'; created_at: string; revoked_at: string | null; revision: number })[] } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/payments': {
    /** List what became of invoices that were handed over. */
    get: {
      parameters: {
        query?: { account?: string | undefined; after?: string | undefined; limit?: number | string | undefined }
        header?: never
        path?: never
      }
      responses: {
        200: { content: { 'application/json': { data: ({ id: string; account: string; invoice: string; total_usd: string; state: 'pending' | 'open' | 'paid' | 'refunded' | 'failed' | 'disputed' | 'void'; refunded_usd: string; provider: string; reference: string | null; failed_since: string | null; created_at: string | null; changed_at: string | null })[]; next: string | null } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/tokens': {
    /** List the tokens of this API. */
    get: {
      parameters: {
        query?: { account?: string | undefined; after?: string | undefined; limit?: number | string | undefined }
        header?: never
        path?: never
      }
      responses: {
        200: { content: { 'application/json': { data: ({ id: string; account: string | null; name: string; role: 'owner' | 'admin' | 'billing' | 'member' | 'viewer' | 'operator'; status: 'active' | 'revoked' | 'expired'; created_at: string; expires_at: string | null; revoked_at: string | null; revision: number })[]; next: string | null } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
    /** Make a token of this API. The token itself is in this answer, and in none after it. */
    post: {
      parameters: {
        query?: never
        header?: { 'idempotency-key'?: string | undefined }
        path?: never
      }
      requestBody: { content: { 'application/json': { name: string; role: 'owner' | 'admin' | 'billing' | 'member' | 'viewer' | 'operator'; account?: string | undefined; expires_at?: string | undefined } } }
      responses: {
        201: { content: { 'application/json': { id: string; account: string | null; name: string; role: 'owner' | 'admin' | 'billing' | 'member' | 'viewer' | 'operator'; status: 'active' | 'revoked' | 'expired'; created_at: string; expires_at: string | null; revoked_at: string | null; revision: number; token: string } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/tokens/{id}': {
    /** Stop a token for good. */
    delete: {
      parameters: {
        query?: never
        header?: { 'if-match'?: string | undefined }
        path: { id: string }
      }
      requestBody?: { content: { 'application/json': { revision?: number | undefined } } }
      responses: {
        200: { content: { 'application/json': { id: string; account: string | null; name: string; role: 'owner' | 'admin' | 'billing' | 'member' | 'viewer' | 'operator'; status: 'active' | 'revoked' | 'expired'; created_at: string; expires_at: string | null; revoked_at: string | null; revision: number } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/usage': {
    /** Add up what was used and what it cost. */
    get: {
      parameters: {
        query: { by: string; since?: string | undefined; until?: string | undefined; key_id?: string | undefined; account?: string | undefined; model?: string | undefined; provider?: string | undefined; customer?: string | undefined; markup?: string | undefined }
        header?: never
        path?: never
      }
      responses: {
        200: { content: { 'application/json': { data: ({ group: string | null; groups?: Record<string, string | null> | undefined; requests: number; failed: number; input_tokens: number; cached_input_tokens: number; output_tokens: number; cost_usd: string; marked_up_usd?: string | undefined; unpriced: number; upstream_cost_usd?: string | undefined })[]; next: string | null } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/overview': {
    /** Show what the month comes to, and what was used when and by whom. */
    get: {
      parameters: {
        query?: { account?: string | undefined; since?: string | undefined; until?: string | undefined; last?: string | undefined }
        header?: never
        path?: never
      }
      responses: {
        200: { content: { 'application/json': { account: string | null; since: string; until: string; step: 'hour' | 'day'; month: { month: string; spent_usd: string; allowance_usd: string | null; forecast_usd: string; elapsed: number; last_month_usd: string }; keys: number; totals: { requests: number; failed: number; input_tokens: number; cached_input_tokens: number; output_tokens: number; cost_usd: string; unpriced: number; upstream_cost_usd?: string | undefined; duration_ms: { p50: number; p95: number } | null; first_output_ms: { p50: number; p95: number } | null }; series: ({ requests: number; failed: number; input_tokens: number; cached_input_tokens: number; output_tokens: number; cost_usd: string; unpriced: number; upstream_cost_usd?: string | undefined; duration_ms: { p50: number; p95: number } | null; first_output_ms: { p50: number; p95: number } | null; at: string })[]; splits: { model: { top: ({ requests: number; failed: number; input_tokens: number; cached_input_tokens: number; output_tokens: number; cost_usd: string; unpriced: number; upstream_cost_usd?: string | undefined; group: string | null; name: string | null })[]; rest: { requests: number; failed: number; input_tokens: number; cached_input_tokens: number; output_tokens: number; cost_usd: string; unpriced: number; upstream_cost_usd?: string | undefined; groups: number } | null }; key: { top: ({ requests: number; failed: number; input_tokens: number; cached_input_tokens: number; output_tokens: number; cost_usd: string; unpriced: number; upstream_cost_usd?: string | undefined; group: string | null; name: string | null })[]; rest: { requests: number; failed: number; input_tokens: number; cached_input_tokens: number; output_tokens: number; cost_usd: string; unpriced: number; upstream_cost_usd?: string | undefined; groups: number } | null }; team: { top: ({ requests: number; failed: number; input_tokens: number; cached_input_tokens: number; output_tokens: number; cost_usd: string; unpriced: number; upstream_cost_usd?: string | undefined; group: string | null; name: string | null })[]; rest: { requests: number; failed: number; input_tokens: number; cached_input_tokens: number; output_tokens: number; cost_usd: string; unpriced: number; upstream_cost_usd?: string | undefined; groups: number } | null }; provider: { top: ({ requests: number; failed: number; input_tokens: number; cached_input_tokens: number; output_tokens: number; cost_usd: string; unpriced: number; upstream_cost_usd?: string | undefined; group: string | null; name: string | null })[]; rest: { requests: number; failed: number; input_tokens: number; cached_input_tokens: number; output_tokens: number; cost_usd: string; unpriced: number; upstream_cost_usd?: string | undefined; groups: number } | null } } } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/customers': {
    /** List the customers that cost most, and what limits them. */
    get: {
      parameters: {
        query?: { account?: string | undefined; since?: string | undefined; until?: string | undefined; limit?: number | string | undefined }
        header?: never
        path?: never
      }
      responses: {
        200: { content: { 'application/json': { data: ({ requests: number; failed: number; input_tokens: number; cached_input_tokens: number; output_tokens: number; cost_usd: string; unpriced: number; upstream_cost_usd?: string | undefined; account: string; customer: string; limits: ({ id: string; kind: 'usd' | 'rpm' | 'rpd' | 'tpm' | 'max_parallel'; limit: string; window: 'day' | 'week' | 'month' | 'lifetime' | 'minute' | 'parallel'; spent_usd: string | null; left_usd: string | null; each: boolean })[] })[]; next: string | null } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/invoices': {
    /** List the invoices that were issued. */
    get: {
      parameters: {
        query?: { account?: string | undefined; month?: string | undefined; after?: string | undefined; limit?: number | string | undefined }
        header?: never
        path?: never
      }
      responses: {
        200: { content: { 'application/json': { data: ({ kind: 'invoice' | 'credit_note'; account: string; month: string; usage_usd: string; net_usd: string; total_usd: string; currency: 'USD'; number: string; issued_at: string; hash: string })[]; next: string | null } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/invoices/draft': {
    /** Show what a month comes to so far, or its invoice once that was issued. */
    get: {
      parameters: {
        query: { account?: string | undefined; month: string }
        header?: never
        path?: never
      }
      responses: {
        200: { content: { 'application/json': { kind: 'invoice' | 'credit_note'; account: string; month: string; currency: 'USD'; seller: { name: string; address: string | null; country: string | null; tax_id: string | null }; buyer: { name: string; address: string | null; country: string | null; tax_id: string | null }; lines: ({ kind: 'fee'; plan: string; from: string; until: string; monthly_usd: string; amount_usd: string } | { kind: 'usage'; team: { id: string; name: string } | null; key: { id: string; name: string } | null; model: string | null; unit: string | null; quantity: number; unit_price_usd: string | null; per: 1000000 | 1; price_source: string | null; price_as_of: string | null; price_condition: string | null; amount_usd: string } | { kind: 'late_usage'; month: string; requests: number; amount_usd: string } | { kind: 'adjustment'; adjustment: string; of: 'usage' | 'amount'; about: string | null; reason: string; amount_usd: string } | { kind: 'allowance'; allowance_usd: string; amount_usd: string } | { kind: 'credit'; grant: string; note: string | null; expires_at: string | null; left_usd: string; amount_usd: string })[]; requests: number; usage_usd: string; net_exact_usd: string; rounding_usd: string; net_usd: string; tax: ({ country: string; rate_percent: string; reverse_charge: boolean; net_usd: string; tax_usd: string })[]; total_usd: string; state: 'draft' | 'final'; number: string | null; issued_at: string | null; hash: string | null; previous_hash: string | null } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/invoices/{number}': {
    /** Show an invoice as it was issued. */
    get: {
      parameters: {
        query?: never
        header?: never
        path: { number: string }
      }
      responses: {
        200: { content: { 'application/json': { kind: 'invoice' | 'credit_note'; account: string; month: string; currency: 'USD'; seller: { name: string; address: string | null; country: string | null; tax_id: string | null }; buyer: { name: string; address: string | null; country: string | null; tax_id: string | null }; lines: ({ kind: 'fee'; plan: string; from: string; until: string; monthly_usd: string; amount_usd: string } | { kind: 'usage'; team: { id: string; name: string } | null; key: { id: string; name: string } | null; model: string | null; unit: string | null; quantity: number; unit_price_usd: string | null; per: 1000000 | 1; price_source: string | null; price_as_of: string | null; price_condition: string | null; amount_usd: string } | { kind: 'late_usage'; month: string; requests: number; amount_usd: string } | { kind: 'adjustment'; adjustment: string; of: 'usage' | 'amount'; about: string | null; reason: string; amount_usd: string } | { kind: 'allowance'; allowance_usd: string; amount_usd: string } | { kind: 'credit'; grant: string; note: string | null; expires_at: string | null; left_usd: string; amount_usd: string })[]; requests: number; usage_usd: string; net_exact_usd: string; rounding_usd: string; net_usd: string; tax: ({ country: string; rate_percent: string; reverse_charge: boolean; net_usd: string; tax_usd: string })[]; total_usd: string; state: 'draft' | 'final'; number: string | null; issued_at: string | null; hash: string | null; previous_hash: string | null } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/invoices/close': {
    /** Issue the invoices of a month that has ended. */
    post: {
      parameters: {
        query?: never
        header?: { 'idempotency-key'?: string | undefined }
        path?: never
      }
      requestBody: { content: { 'application/json': { month: string; without_owners?: (number)[] | undefined } } }
      responses: {
        200: { content: { 'application/json': { month: string; accounts: number; invoices: number; issued: number; first_number: string | null; last_number: string | null } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/adjustments': {
    /** List the adjustments. */
    get: {
      parameters: {
        query?: { account?: string | undefined; after?: string | undefined; limit?: number | string | undefined }
        header?: never
        path?: never
      }
      responses: {
        200: { content: { 'application/json': { data: ({ id: string; account: string; month: string; kind: 'usage' | 'amount'; usd: string; about: string | null; reason: string; reprice: string | null; created_at: string | null })[]; next: string | null } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
    /** Add to what an account pays, or take from it. */
    post: {
      parameters: {
        query?: never
        header?: { 'idempotency-key'?: string | undefined }
        path?: never
      }
      requestBody: { content: { 'application/json': { account: string; usd: string; reason: string; kind?: 'amount' | 'usage' | undefined; about?: string | undefined } } }
      responses: {
        201: { content: { 'application/json': { id: string; account: string; month: string; kind: 'usage' | 'amount'; usd: string; about: string | null; reason: string; reprice: string | null; created_at: string | null } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/margin': {
    /** Add up what was charged and what it cost the operator. */
    get: {
      parameters: {
        query?: { by?: 'model' | 'provider' | 'account' | undefined; month?: string | undefined; since?: string | undefined; until?: string | undefined; uncosted?: boolean | 'true' | 'false' | undefined }
        header?: never
        path?: never
      }
      responses: {
        200: { content: { 'application/json': { data: ({ group: string | null; requests: number; charge_usd: string; cost_usd: string; margin_usd: string; margin_percent: string | null; unpriced: number; uncosted: number | null })[]; next: string | null } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/requests': {
    /** List requests, the newest first. */
    get: {
      parameters: {
        query?: { account?: string | undefined; key_id?: string | undefined; customer?: string | undefined; session?: string | undefined; model?: string | undefined; provider?: string | undefined; outcome?: 'complete' | 'interrupted' | 'failed' | 'cancelled' | undefined; since?: string | undefined; until?: string | undefined; first?: 'newest' | 'oldest' | undefined; after?: string | undefined; limit?: number | string | undefined }
        header?: never
        path?: never
      }
      responses: {
        200: { content: { 'application/json': { data: ({ id: string; created_at: string; account: string; key_id: string | null; customer: string | null; session: string | null; endpoint: string; stream: boolean; requested_model: string; model: string | null; provider: string | null; outcome: 'complete' | 'interrupted' | 'failed' | 'cancelled'; error_code: string | null; attempts: number; input_tokens: number | null; output_tokens: number | null; cost_usd: string | null; duration_ms: number; first_output_ms: number | null })[]; next: string | null } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/requests/{id}': {
    /** Show a request with every attempt. */
    get: {
      parameters: {
        query?: never
        header?: never
        path: { id: string }
      }
      responses: {
        200: { content: { 'application/json': Record<string, unknown> } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/models': {
    /** List the models and who serves them. */
    get: {
      parameters: {
        query?: { include?: 'targets' | undefined }
        header?: never
        path?: never
      }
      responses: {
        200: { content: { 'application/json': { data: ({ targets?: ({ model: string; provider: string; upstream_model: string; state: 'closed' | 'open' | 'half_open'; in_flight: number; latency_ms: number | null; tokens_per_second: number | null })[] | undefined })[]; next: string | null } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/playground': {
    /** Show what the playground can ask: the models that answer now, and the keys to ask them with. */
    get: {
      parameters: {
        query?: { account?: string | undefined }
        header?: never
        path?: never
      }
      responses: {
        200: { content: { 'application/json': { object: 'playground'; models: ({ id: string; endpoints: (string)[] })[]; keys: ({ id: string; name: string; mode: 'live' | 'test' })[] } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/routing': {
    /** Show where requests go: targets in order, strategies, fallbacks and rules. */
    get: {
      parameters: {
        query?: { include?: 'keys' | undefined; account?: string | undefined }
        header?: never
        path?: never
      }
      responses: {
        200: { content: { 'application/json': { object: 'routing'; strategy: 'ordered' | 'weighted' | 'price' | 'latency' | 'throughput' | 'least_busy'; max_attempts: number; max_price_ratio: number | null; sticky_ttl_s: number; rules: ({ when: Record<string, unknown>; use: Record<string, unknown> })[] | null; routes: ({ model: string; aliases: (string)[]; endpoints: (string)[]; targets: ({ provider: string; type: string; upstream_model: string; weight: number | null })[]; without_key: (string)[]; fallbacks: (string)[]; context_window_fallbacks: (string)[]; content_policy_fallbacks: (string)[]; hedge_after_ms: number | null })[]; keys?: ({ id: string; name: string; mode: 'live' | 'test' })[] | undefined } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/targets': {
    /** List the targets and how they fare. */
    get: {
      parameters: {
        query?: never
        header?: never
        path?: never
      }
      responses: {
        200: { content: { 'application/json': { data: ({ model: string; provider: string; upstream_model: string; state: 'closed' | 'open' | 'half_open'; in_flight: number; latency_ms: number | null; tokens_per_second: number | null })[]; next: string | null } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/providers': {
    /** List the providers, and which of their keys work. */
    get: {
      parameters: {
        query?: { include?: 'targets' | undefined }
        header?: never
        path?: never
      }
      responses: {
        200: { content: { 'application/json': { data: ({ name: string; type: string; ready: boolean; isolated: boolean; keys: ({ position: number; state: 'unknown' | 'works' | 'refused'; used_at: string | null })[]; targets?: ({ model: string; provider: string; upstream_model: string; state: 'closed' | 'open' | 'half_open'; in_flight: number; latency_ms: number | null; tokens_per_second: number | null })[] | undefined })[]; next: string | null } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/providers/{name}/isolate': {
    /** Take a provider out: nothing more is sent to it until it is restored. */
    post: {
      parameters: {
        query?: never
        header?: { 'idempotency-key'?: string | undefined }
        path: { name: string }
      }
      responses: {
        200: { content: { 'application/json': { name: string; isolated: boolean; revision: number } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/providers/{name}/restore': {
    /** Let a provider in again. */
    post: {
      parameters: {
        query?: never
        header?: { 'idempotency-key'?: string | undefined }
        path: { name: string }
      }
      responses: {
        200: { content: { 'application/json': { name: string; isolated: boolean; revision: number } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/system': {
    /** Show what runs, since when, on what, and whether its sums are up to date. */
    get: {
      parameters: {
        query?: never
        header?: never
        path?: never
      }
      responses: {
        200: { content: { 'application/json': { version: string; node: string; storage: { kind: string; place: string }; workers: number; started_at: string; replicas: ({ host: string; pid: number; version: string; connections: number; started_at: string })[] | null; redis: { place: string; version: string | null; reached_by: number } | null; ledger: { records: number; lag: number; trouble: string | null } } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/reprices': {
    /** List the reprices that were applied. */
    get: {
      parameters: {
        query?: { after?: string | undefined; limit?: number | string | undefined }
        header?: never
        path?: never
      }
      responses: {
        200: { content: { 'application/json': { data: ({ id: string; models: string; since: string; until: string; price: Record<string, string>; created_at: string; completed_at: string | null })[]; next: string | null } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
    /** Say what rows should have cost, and with apply adjust it. */
    post: {
      parameters: {
        query?: never
        header?: { 'idempotency-key'?: string | undefined }
        path?: never
      }
      requestBody: { content: { 'application/json': { models: string; since: string; until: string; price: { input?: string | undefined; cached_input?: string | undefined; cache_write?: string | undefined; cache_write_1h?: string | undefined; output?: string | undefined; reasoning?: string | undefined; audio_input?: string | undefined; audio_output?: string | undefined; image?: string | undefined; search?: string | undefined; second?: string | undefined; character?: string | undefined; request?: string | undefined }; apply?: boolean | undefined } } }
      responses: {
        200: { content: { 'application/json': { id: string | null; applied: boolean; models: string; since: string; until: string; price: Record<string, string>; rows: number; not_repriced: number; charged_usd: string; repriced_usd: string; difference_usd: string; caught_up_usd: string; accounts: ({ account: string; month: string; rows: number; not_repriced: number; charged_usd: string; repriced_usd: string; difference_usd: string; adjustment: string | null; invoiced_in: string | null })[] } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/alerts': {
    /** List alerts, the newest first, and whether they were delivered. */
    get: {
      parameters: {
        query?: { account?: string | undefined; since?: string | undefined; after?: number | string | undefined; limit?: number | string | undefined }
        header?: never
        path?: never
      }
      responses: {
        200: { content: { 'application/json': { data: ({ n: number; id: string; type: 'limit.threshold_reached' | 'spend.velocity_exceeded' | 'provider_key.refused' | 'target.down' | 'target.up' | 'payment.failed' | 'payment.settled' | 'account.suspended_unpaid' | 'account.resumed_paid'; at: string; account: string | null; data: Record<string, unknown>; deliveries: ({ host: string; state: 'waiting' | 'delivered' | 'failed'; attempts: number; trouble: string | null; ended_at: string | null })[] })[]; next: string | null } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/audit': {
    /** List who changed what. */
    get: {
      parameters: {
        query?: { account?: string | undefined; since?: string | undefined; after?: number | string | undefined; limit?: number | string | undefined }
        header?: never
        path?: never
      }
      responses: {
        200: { content: { 'application/json': { data: ({ n: number; at: string; actor: string; action: string; kind: string; id: string; account: string | null; before: unknown; after: unknown; hash: string })[]; next: string | null } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/audit/verify': {
    /** Check that nobody has changed the audit. */
    get: {
      parameters: {
        query?: never
        header?: never
        path?: never
      }
      responses: {
        200: { content: { 'application/json': { entries: number; intact: boolean; broken: { n: number; why: string } | null } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/session': {
    /** Show who asks, and what he may do. Of nobody, the actor is null. */
    get: {
      parameters: {
        query?: never
        header?: never
        path?: never
      }
      responses: {
        200: { content: { 'application/json': { object: 'session'; listener: 'admin' | 'gateway'; gateway_url: string | null; site: { name: string; public_url: string | null; sign_up: 'open' | 'invited' | 'off' }; sign_in_links: ({ name: string; href: string })[]; passkey_trouble: string | null; actor: null } | { object: 'session'; listener: 'admin' | 'gateway'; gateway_url: string | null; site: { name: string; public_url: string | null; sign_up: 'open' | 'invited' | 'off' }; sign_in_links: ({ name: string; href: string })[]; passkey_trouble: string | null; actor: 'operator' | 'account'; id: string | null; account: { id: string; name: string; plan: string } | null; member: { id: string; email: string } | null; role: 'owner' | 'admin' | 'billing' | 'member' | 'viewer' | 'operator'; rights: ('accounts.write' | 'audit.verify' | 'owners.write' | 'ledger.verify' | 'accounts.read' | 'buyer.write' | 'teams.read' | 'teams.write' | 'members.read' | 'members.write' | 'passkeys.own' | 'keys.read' | 'keys.write' | 'playground.use' | 'limits.read' | 'limits.write' | 'tokens.read' | 'tokens.write' | 'usage.read' | 'margin.read' | 'audit.read' | 'alerts.read' | 'models.read' | 'invoices.read' | 'payments.write' | 'invoices.write' | 'gateway.read' | 'gateway.write')[]; features: ('audit' | 'sso')[]; csrf: string | null; expires_at: string | null } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
    /** Sign in the operator by the admin token: on the admin listener alone. */
    post: {
      parameters: {
        query?: never
        header?: { 'idempotency-key'?: string | undefined }
        path?: never
      }
      requestBody: { content: { 'application/json': { token: string } } }
      responses: {
        201: { content: { 'application/json': { object: 'session'; listener: 'admin' | 'gateway'; gateway_url: string | null; site: { name: string; public_url: string | null; sign_up: 'open' | 'invited' | 'off' }; sign_in_links: ({ name: string; href: string })[]; passkey_trouble: string | null; actor: null } | { object: 'session'; listener: 'admin' | 'gateway'; gateway_url: string | null; site: { name: string; public_url: string | null; sign_up: 'open' | 'invited' | 'off' }; sign_in_links: ({ name: string; href: string })[]; passkey_trouble: string | null; actor: 'operator' | 'account'; id: string | null; account: { id: string; name: string; plan: string } | null; member: { id: string; email: string } | null; role: 'owner' | 'admin' | 'billing' | 'member' | 'viewer' | 'operator'; rights: ('accounts.write' | 'audit.verify' | 'owners.write' | 'ledger.verify' | 'accounts.read' | 'buyer.write' | 'teams.read' | 'teams.write' | 'members.read' | 'members.write' | 'passkeys.own' | 'keys.read' | 'keys.write' | 'playground.use' | 'limits.read' | 'limits.write' | 'tokens.read' | 'tokens.write' | 'usage.read' | 'margin.read' | 'audit.read' | 'alerts.read' | 'models.read' | 'invoices.read' | 'payments.write' | 'invoices.write' | 'gateway.read' | 'gateway.write')[]; features: ('audit' | 'sso')[]; csrf: string | null; expires_at: string | null } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
    /** Sign out: end this session, or every one of whoever has it. */
    delete: {
      parameters: {
        query?: never
        header?: never
        path?: never
      }
      requestBody?: { content: { 'application/json': { everywhere?: 'true' | 'false' | undefined } } }
      responses: {
        200: { content: { 'application/json': { object: 'session'; listener: 'admin' | 'gateway'; gateway_url: string | null; site: { name: string; public_url: string | null; sign_up: 'open' | 'invited' | 'off' }; sign_in_links: ({ name: string; href: string })[]; passkey_trouble: string | null; actor: null } | { object: 'session'; listener: 'admin' | 'gateway'; gateway_url: string | null; site: { name: string; public_url: string | null; sign_up: 'open' | 'invited' | 'off' }; sign_in_links: ({ name: string; href: string })[]; passkey_trouble: string | null; actor: 'operator' | 'account'; id: string | null; account: { id: string; name: string; plan: string } | null; member: { id: string; email: string } | null; role: 'owner' | 'admin' | 'billing' | 'member' | 'viewer' | 'operator'; rights: ('accounts.write' | 'audit.verify' | 'owners.write' | 'ledger.verify' | 'accounts.read' | 'buyer.write' | 'teams.read' | 'teams.write' | 'members.read' | 'members.write' | 'passkeys.own' | 'keys.read' | 'keys.write' | 'playground.use' | 'limits.read' | 'limits.write' | 'tokens.read' | 'tokens.write' | 'usage.read' | 'margin.read' | 'audit.read' | 'alerts.read' | 'models.read' | 'invoices.read' | 'payments.write' | 'invoices.write' | 'gateway.read' | 'gateway.write')[]; features: ('audit' | 'sso')[]; csrf: string | null; expires_at: string | null } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/sign-in/code': {
    /** Ask for a one-time code by mail. The answer is the same whether there is such a member or not. */
    post: {
      parameters: {
        query?: never
        header?: { 'idempotency-key'?: string | undefined }
        path?: never
      }
      requestBody: { content: { 'application/json': { email: string } } }
      responses: {
        201: { content: { 'application/json': { object: 'sign_in_code'; delivery: 'mail' | 'log'; trouble: string | null; expires_at: string } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/sign-in/verify': {
    /** Sign in by a code: as a member, or where sign-up is open as the owner of a new account. */
    post: {
      parameters: {
        query?: never
        header?: { 'idempotency-key'?: string | undefined }
        path?: never
      }
      requestBody: { content: { 'application/json': { email: string; code: string; account?: string | undefined } } }
      responses: {
        201: { content: { 'application/json': { object: 'session'; listener: 'admin' | 'gateway'; gateway_url: string | null; site: { name: string; public_url: string | null; sign_up: 'open' | 'invited' | 'off' }; sign_in_links: ({ name: string; href: string })[]; passkey_trouble: string | null; actor: null } | { object: 'session'; listener: 'admin' | 'gateway'; gateway_url: string | null; site: { name: string; public_url: string | null; sign_up: 'open' | 'invited' | 'off' }; sign_in_links: ({ name: string; href: string })[]; passkey_trouble: string | null; actor: 'operator' | 'account'; id: string | null; account: { id: string; name: string; plan: string } | null; member: { id: string; email: string } | null; role: 'owner' | 'admin' | 'billing' | 'member' | 'viewer' | 'operator'; rights: ('accounts.write' | 'audit.verify' | 'owners.write' | 'ledger.verify' | 'accounts.read' | 'buyer.write' | 'teams.read' | 'teams.write' | 'members.read' | 'members.write' | 'passkeys.own' | 'keys.read' | 'keys.write' | 'playground.use' | 'limits.read' | 'limits.write' | 'tokens.read' | 'tokens.write' | 'usage.read' | 'margin.read' | 'audit.read' | 'alerts.read' | 'models.read' | 'invoices.read' | 'payments.write' | 'invoices.write' | 'gateway.read' | 'gateway.write')[]; features: ('audit' | 'sso')[]; csrf: string | null; expires_at: string | null } | { object: 'sign_in_choice'; accounts: ({ id: string; name: string; role: 'owner' | 'admin' | 'billing' | 'member' | 'viewer' })[] } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/passkeys/options': {
    /** Begin to add a passkey of one’s own: what a browser is to make it with. */
    post: {
      parameters: {
        query?: never
        header?: { 'idempotency-key'?: string | undefined }
        path?: never
      }
      responses: {
        201: { content: { 'application/json': { object: 'passkey_options'; options: Record<string, unknown> } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/sign-in/passkey/options': {
    /** Begin to sign in by a passkey: what a browser is to find it with. */
    post: {
      parameters: {
        query?: never
        header?: { 'idempotency-key'?: string | undefined }
        path?: never
      }
      responses: {
        201: { content: { 'application/json': { object: 'passkey_options'; options: Record<string, unknown> } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/sign-in/passkey': {
    /** Sign in by the passkey that the browser has found. */
    post: {
      parameters: {
        query?: never
        header?: { 'idempotency-key'?: string | undefined }
        path?: never
      }
      requestBody: { content: { 'application/json': { credential: { id: string; rawId: string; type: 'public-key'; response: { clientDataJSON: string; authenticatorData: string; signature: string; userHandle?: string | null | undefined } } } } }
      responses: {
        201: { content: { 'application/json': { object: 'session'; listener: 'admin' | 'gateway'; gateway_url: string | null; site: { name: string; public_url: string | null; sign_up: 'open' | 'invited' | 'off' }; sign_in_links: ({ name: string; href: string })[]; passkey_trouble: string | null; actor: null } | { object: 'session'; listener: 'admin' | 'gateway'; gateway_url: string | null; site: { name: string; public_url: string | null; sign_up: 'open' | 'invited' | 'off' }; sign_in_links: ({ name: string; href: string })[]; passkey_trouble: string | null; actor: 'operator' | 'account'; id: string | null; account: { id: string; name: string; plan: string } | null; member: { id: string; email: string } | null; role: 'owner' | 'admin' | 'billing' | 'member' | 'viewer' | 'operator'; rights: ('accounts.write' | 'audit.verify' | 'owners.write' | 'ledger.verify' | 'accounts.read' | 'buyer.write' | 'teams.read' | 'teams.write' | 'members.read' | 'members.write' | 'passkeys.own' | 'keys.read' | 'keys.write' | 'playground.use' | 'limits.read' | 'limits.write' | 'tokens.read' | 'tokens.write' | 'usage.read' | 'margin.read' | 'audit.read' | 'alerts.read' | 'models.read' | 'invoices.read' | 'payments.write' | 'invoices.write' | 'gateway.read' | 'gateway.write')[]; features: ('audit' | 'sso')[]; csrf: string | null; expires_at: string | null } } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/requests/live': {
    /** Show requests as they are put on record, as server-sent events. */
    get: {
      parameters: {
        query?: { account?: string | undefined; key_id?: string | undefined; customer?: string | undefined; session?: string | undefined; model?: string | undefined; provider?: string | undefined; outcome?: 'complete' | 'interrupted' | 'failed' | 'cancelled' | undefined }
        header?: never
        path?: never
      }
      responses: {
        200: { content: { 'text/event-stream': string } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/live': {
    /** Show the answer to another request, and what changes in it, as server-sent events. */
    get: {
      parameters: {
        query: { of: string }
        header?: never
        path?: never
      }
      responses: {
        200: { content: { 'text/event-stream': string } }
        default: { content: { 'application/problem+json': components['schemas']['Problem'] } }
      }
    }
  }
  '/api/v1/playground/chat/completions': {
    /** Ask a chat model as a key of the account, as at /v1/chat/completions. */
    post: {
      parameters: {
        query?: { key_id?: string | undefined; account?: string | undefined }
        header?: { 'idempotency-key'?: string | undefined }
        path?: never
      }
      requestBody: { content: { 'application/json': Record<string, unknown> } }
      responses: {
        200: { content: { 'application/json': Record<string, unknown>; 'text/event-stream': string } }
        default: { content: { 'application/problem+json': components['schemas']['Problem']; 'application/json': Record<string, unknown> } }
      }
    }
  }
  '/api/v1/playground/images/generations': {
    /** Have an image made as a key of the account, as at /v1/images/generations. */
    post: {
      parameters: {
        query?: { key_id?: string | undefined; account?: string | undefined }
        header?: { 'idempotency-key'?: string | undefined }
        path?: never
      }
      requestBody: { content: { 'application/json': Record<string, unknown> } }
      responses: {
        200: { content: { 'application/json': Record<string, unknown>; 'text/event-stream': string } }
        default: { content: { 'application/problem+json': components['schemas']['Problem']; 'application/json': Record<string, unknown> } }
      }
    }
  }
  '/api/v1/playground/embeddings': {
    /** Have texts embedded as a key of the account, as at /v1/embeddings. */
    post: {
      parameters: {
        query?: { key_id?: string | undefined; account?: string | undefined }
        header?: { 'idempotency-key'?: string | undefined }
        path?: never
      }
      requestBody: { content: { 'application/json': Record<string, unknown> } }
      responses: {
        200: { content: { 'application/json': Record<string, unknown>; 'text/event-stream': string } }
        default: { content: { 'application/problem+json': components['schemas']['Problem']; 'application/json': Record<string, unknown> } }
      }
    }
  }
  '/api/v1/routing/explain': {
    /** Explain where a request of a key would go and what it would cost, as at /v1/route/explain. Nothing is sent. */
    post: {
      parameters: {
        query?: { key_id?: string | undefined; account?: string | undefined }
        header?: { 'idempotency-key'?: string | undefined }
        path?: never
      }
      requestBody: { content: { 'application/json': Record<string, unknown> } }
      responses: {
        200: { content: { 'application/json': Record<string, unknown>; 'text/event-stream': string } }
        default: { content: { 'application/problem+json': components['schemas']['Problem']; 'application/json': Record<string, unknown> } }
      }
    }
  }
}

export interface components {
  schemas: {
    Problem: { status: number; title: string; detail: string; code: string; param?: string | undefined }
  }
}
