/** What to do about an error, and the page where it is done. Its own message says what happened. */
export interface NextStep {
  readonly text: string
  readonly to?: string
}

const steps: Readonly<Record<string, NextStep>> = {
  invalid_api_key: { text: 'Choose another key, or sign in again.', to: '/keys' },
  key_not_found: { text: 'Choose another key.', to: '/keys' },
  permission_denied: { text: 'Choose another key.', to: '/keys' },
  model_not_found: { text: 'See which models there are.', to: '/models' },
  model_not_allowed: { text: 'Choose another key or another model.', to: '/keys' },
  endpoint_not_allowed: { text: 'Choose another key.', to: '/keys' },
  wrong_endpoint: { text: 'See what each model is for.', to: '/models' },
  insufficient_quota: { text: 'See which limit is full.', to: '/limits' },
  rate_limit_exceeded: { text: 'Wait a moment and ask again, or see the limits.', to: '/limits' },
  account_suspended: { text: 'Ask whoever runs the gateway.' },
  no_healthy_target: { text: 'Ask again in a moment, or see where it would go.', to: '/routing' },
  context_length_exceeded: { text: 'Shorten the prompt, or choose a model with a larger context.', to: '/models' },
}

export const nextStep = (code: string): NextStep | undefined => (Object.hasOwn(steps, code) ? steps[code] : undefined)
