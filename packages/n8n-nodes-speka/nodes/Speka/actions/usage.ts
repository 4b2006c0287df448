import { NodeOperationError, type IDataObject } from 'n8n-workflow'
import type { Action } from '../action.ts'

export const usageGetKey: Action = {
  fields: [],

  async run({ client }) {
    return { json: (await client.get('/key')) as IDataObject }
  },
}

export const usageGetRequest: Action = {
  fields: [
    {
      displayName: 'Request ID',
      name: 'requestId',
      type: 'string',
      default: '',
      required: true,
      placeholder: 'e.g. {{ $json.requestId }}',
      description: 'The <code>requestId</code> of an answer made with this same key',
    },
  ],

  async run({ n8n, itemIndex, client, place }) {
    const id = String(n8n.getNodeParameter('requestId', itemIndex, '')).trim()
    if (id === '') {
      throw new NodeOperationError(place.node, '"Request ID" is empty.', {
        itemIndex,
        description: 'Every answer of this node has one, as <code>requestId</code>.',
      })
    }
    return { json: (await client.get(`/generation?id=${encodeURIComponent(id)}`)) as IDataObject }
  },
}
