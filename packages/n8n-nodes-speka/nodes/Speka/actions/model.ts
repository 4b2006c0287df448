import type { IDataObject, INodeProperties } from 'n8n-workflow'
import type { ModelEntry } from '@speka/core'
import { modelField, modelIdIn } from '../../shared/index.ts'
import type { Action } from '../action.ts'

const simplify: INodeProperties = {
  displayName: 'Simplify',
  name: 'simplify',
  type: 'boolean',
  default: true,
  description: 'Whether to return a simplified version of the response instead of the raw data',
}

export const modelGet: Action = {
  fields: [modelField('searchModels', 'The model to tell about'), simplify],

  async run({ n8n, itemIndex, client }) {
    const id = modelIdIn(n8n.getNodeParameter('model', itemIndex))
    const entry = (await client.get(`/models/${encodeURIComponent(id)}`)) as ModelEntry
    return { json: shown(entry, n8n.getNodeParameter('simplify', itemIndex, true)) }
  },
}

/** One item with all of them: a list is what a workflow filters and sorts. */
export const modelGetMany: Action = {
  fields: [
    {
      displayName: 'Kind',
      name: 'kind',
      type: 'options',
      options: [
        { name: 'All', value: 'all' },
        { name: 'Chat', value: 'chat' },
        { name: 'Embedding', value: 'embeddings' },
        { name: 'Image', value: 'images' },
      ],
      default: 'all',
      description: 'What the models can be asked for',
    },
    simplify,
  ],

  async run({ n8n, itemIndex, client }) {
    const kind = n8n.getNodeParameter('kind', itemIndex, 'all') as string
    const simple = n8n.getNodeParameter('simplify', itemIndex, true)
    const entries = await client.models()
    const wanted = entries.filter(
      ({ endpoint, endpoints = [endpoint] }) => kind === 'all' || endpoints.some((each) => each === kind),
    )
    return { json: { models: wanted.map((entry) => shown(entry, simple)) } }
  },
}

function shown(entry: ModelEntry, simple: unknown): IDataObject {
  if (simple !== true) return entry as unknown as IDataObject
  const { id, name, endpoint, endpoints = [endpoint], context_window: contextWindow, capabilities, pricing } = entry
  return {
    id,
    name: name ?? id,
    kinds: [...endpoints],
    ...(contextWindow !== undefined && { contextWindow }),
    ...(capabilities !== undefined && { capabilities: [...capabilities] }),
    ...price('inputUsdPer1m', pricing?.input_per_1m),
    ...price('outputUsdPer1m', pricing?.output_per_1m),
    ...price('imageUsd', pricing?.per_image),
  }
}

const price = (name: string, decimal: string | undefined): IDataObject =>
  decimal === undefined ? {} : { [name]: Number(decimal) }
