import type { INodeProperties } from 'n8n-workflow'

/** Options that every kind of request has. Their values are read by nodes/shared/read-options.ts. */

export const timeoutOption: INodeProperties = {
  displayName: 'Timeout',
  name: 'timeout',
  type: 'number',
  typeOptions: { minValue: 1, maxValue: 3600 },
  default: 600,
  description: 'Seconds for the whole answer, with all fallbacks',
}

export const maxCostOption: INodeProperties = {
  displayName: 'Max Cost per Run (USD)',
  name: 'maxCostUsd',
  type: 'number',
  typeOptions: { minValue: 0, numberPrecision: 6 },
  default: 0.1,
  description:
    'The most that this node may spend in one execution of the workflow, all its requests together. One that could cost more than what is left is refused before a model is asked. With a limit, requests follow one another.',
}

export const sessionOption: INodeProperties = {
  displayName: 'Session ID',
  name: 'sessionId',
  type: 'string',
  default: '',
  placeholder: 'e.g. customer-42',
  description: 'Requests of one session go to one provider where its cache makes them cheaper',
}

export const metadataOption: INodeProperties = {
  displayName: 'Metadata',
  name: 'metadata',
  type: 'fixedCollection',
  typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Pair' },
  placeholder: 'Add Pair',
  default: {},
  description:
    "Kept with the gateway's record of the request. The workflow, the execution and the node are there without your doing.",
  options: [
    {
      displayName: 'Pairs',
      name: 'pairs',
      values: [
        { displayName: 'Name', name: 'name', type: 'string', default: '', placeholder: 'e.g. customer' },
        { displayName: 'Value', name: 'value', type: 'string', default: '', placeholder: 'e.g. 42' },
      ],
    },
  ],
}

export const extraBodyOption: INodeProperties = {
  displayName: 'Extra Body',
  name: 'extraBody',
  type: 'json',
  default: '{}',
  description:
    'Further fields of the request, as JSON. They go to the provider as they are, and win over the fields above.',
}

/** Options of everything that answers in text. */

export const maxTokensOption: INodeProperties = {
  displayName: 'Max Tokens',
  name: 'maxTokens',
  type: 'number',
  typeOptions: { minValue: 1 },
  default: 1024,
  description: 'The most tokens of the answer',
}

export const temperatureOption: INodeProperties = {
  displayName: 'Temperature',
  name: 'temperature',
  type: 'number',
  typeOptions: { minValue: 0, maxValue: 2, numberPrecision: 2 },
  default: 0.7,
  description: 'How freely words are chosen: 0 is always the likeliest',
}

export const topPOption: INodeProperties = {
  displayName: 'Top P',
  name: 'topP',
  type: 'number',
  typeOptions: { minValue: 0, maxValue: 1, numberPrecision: 2 },
  default: 1,
  description:
    'Only the likeliest words that together have this probability. Change this or the temperature, not both.',
}

export const reasoningEffortOption: INodeProperties = {
  displayName: 'Reasoning Effort',
  name: 'reasoningEffort',
  type: 'options',
  options: [
    { name: 'High', value: 'high' },
    { name: 'Low', value: 'low' },
    { name: 'Medium', value: 'medium' },
    { name: 'Minimal', value: 'minimal' },
    { name: 'None', value: 'none' },
  ],
  default: 'medium',
  description: 'How long a model that reasons thinks before it answers. Other models may refuse it.',
}

export const frequencyPenaltyOption: INodeProperties = {
  displayName: 'Frequency Penalty',
  name: 'frequencyPenalty',
  type: 'number',
  typeOptions: { minValue: -2, maxValue: 2, numberPrecision: 2 },
  default: 0,
  description: 'Above 0, words that came often come less',
}

export const presencePenaltyOption: INodeProperties = {
  displayName: 'Presence Penalty',
  name: 'presencePenalty',
  type: 'number',
  typeOptions: { minValue: -2, maxValue: 2, numberPrecision: 2 },
  default: 0,
  description: 'Above 0, new subjects come more',
}
