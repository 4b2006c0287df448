import type { INodeProperties } from 'n8n-workflow'

/** The methods of `listSearch` in nodes/shared/model-search.ts. */
export type ModelSearch = 'searchModels' | 'searchChatModels' | 'searchEmbeddingModels' | 'searchImageModels'

/** A model: from what the gateway can call now, by its id, or by an expression. */
export function modelField(searchListMethod: ModelSearch, description: string): INodeProperties {
  return {
    displayName: 'Model',
    name: 'model',
    type: 'resourceLocator',
    default: { mode: 'list', value: '' },
    required: true,
    description,
    modes: [
      {
        displayName: 'From List',
        name: 'list',
        type: 'list',
        placeholder: 'Select a model…',
        typeOptions: { searchListMethod, searchable: true },
      },
      {
        displayName: 'By ID',
        name: 'id',
        type: 'string',
        placeholder: 'e.g. meta/llama-3.3-70b-instruct',
        validation: [
          { type: 'regex', properties: { regex: '^\\S+$', errorMessage: 'The ID of a model has no spaces in it' } },
        ],
      },
    ],
  }
}

/** Models to try in order when the first cannot answer. */
export function fallbackModelsField(searchListMethod: ModelSearch): INodeProperties {
  return {
    displayName: 'Fallback Models',
    name: 'fallbackModels',
    type: 'fixedCollection',
    typeOptions: { multipleValues: true, sortable: true, multipleValueButtonText: 'Add Fallback Model' },
    placeholder: 'Add Fallback Model',
    default: {},
    description:
      'Models that the gateway tries next, in this order, when a provider is down, out of capacity, or the prompt does not fit. One request, one answer, one charge.',
    options: [
      {
        displayName: 'Models',
        name: 'models',
        values: [modelField(searchListMethod, 'The model to try when the ones before it cannot answer')],
      },
    ],
  }
}

/** The ids in a parameter made of {@link fallbackModelsField}, in order; rows left empty are skipped. */
export function fallbackIdsIn(parameter: unknown): string[] {
  const { models } = (parameter ?? {}) as { models?: unknown }
  if (!Array.isArray(models)) return []
  return (models as { model?: unknown }[]).map(({ model }) => modelIdIn(model)).filter((id) => id !== '')
}

/** The id in a resource locator, or in what an expression put in its place. */
export function modelIdIn(locator: unknown): string {
  const value = typeof locator === 'object' && locator !== null ? (locator as { value?: unknown }).value : locator
  return typeof value === 'string' ? value.trim() : ''
}
