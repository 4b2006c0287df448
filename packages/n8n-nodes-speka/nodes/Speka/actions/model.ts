import type { IDataObject } from 'n8n-workflow'
import type { ModelEntry } from '@speka/core'
import { modelField, modelIdIn } from '../../shared/index.ts'
import type { Action } from '../action.ts'
import { isSimple, simplify } from '../tool-output.ts'

export const modelGet: Action = {
  fields: [modelField('searchModels', 'The model to tell about'), simplify],

  async run(context) {
    const { n8n, itemIndex, client } = context
    const id = modelIdIn(n8n.getNodeParameter('model', itemIndex))
    const entry = (await client.get(`/models/${encodeURIComponent(id)}`)) as ModelEntry
    return { json: shown(entry, isSimple(context)) }
  },
}

/** An item for each, as n8n's nodes that filter, sort and merge expect it. */
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
    {
      displayName: 'Return All',
      name: 'returnAll',
      type: 'boolean',
      default: false,
      description: 'Whether to return all results or only up to a given limit',
    },
    {
      displayName: 'Limit',
      name: 'limit',
      type: 'number',
      typeOptions: { minValue: 1 },
      default: 50,
      displayOptions: { show: { returnAll: [false] } },
      description: 'Max number of results to return',
    },
    simplify,
  ],

  async run(context) {
    const { n8n, itemIndex, client } = context
    const kind = n8n.getNodeParameter('kind', itemIndex, 'all') as string
    const isAll = n8n.getNodeParameter('returnAll', itemIndex, false) === true
    const most = isAll ? Infinity : Number(n8n.getNodeParameter('limit', itemIndex, 50))
    const simple = isSimple(context)
    const entries = await client.models()
    const wanted = entries.filter(
      ({ endpoint, endpoints = [endpoint] }) => kind === 'all' || endpoints.some((each) => each === kind),
    )
    return wanted.slice(0, most).map((entry) => ({ json: shown(entry, simple) }))
  },
}

function shown(entry: ModelEntry, simple: boolean): IDataObject {
  if (!simple) return entry as unknown as IDataObject
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
