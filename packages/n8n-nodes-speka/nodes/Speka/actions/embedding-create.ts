import { NodeOperationError, type IDataObject, type INodeProperties } from 'n8n-workflow'
import {
  extraBodyOption,
  maxCostOption,
  metadataOption,
  modelField,
  modelIdIn,
  sharedBody,
  timeoutOption,
  type OptionValues,
} from '../../shared/index.ts'
import type { Action } from '../action.ts'
import { ask, facts } from '../ask.ts'
import { concurrencyOption } from '../concurrency-option.ts'

const dimensions: INodeProperties = {
  displayName: 'Dimensions',
  name: 'dimensions',
  type: 'number',
  typeOptions: { minValue: 1 },
  default: 1024,
  description: 'Length of the vector, where the model leaves a choice',
}

interface EmbeddingOptions extends OptionValues {
  readonly dimensions?: number
}

export const embeddingCreate: Action = {
  fields: [
    modelField('searchEmbeddingModels', 'The model that makes the vector'),
    {
      displayName: 'Text',
      name: 'input',
      type: 'string',
      typeOptions: { rows: 3 },
      default: '',
      required: true,
      placeholder: 'e.g. {{ $json.text }}',
      description:
        'The text to make a vector of. An expression may give a list of texts: then <code>embeddings</code> has a vector for each.',
    },
    {
      displayName: 'Options',
      name: 'options',
      type: 'collection',
      placeholder: 'Add Option',
      default: {},
      options: [dimensions, extraBodyOption, concurrencyOption, maxCostOption, metadataOption, timeoutOption],
    },
  ],

  essentials: ['text', 'embedding', 'texts', 'embeddings'],

  async run(context) {
    const { n8n, itemIndex, client, place } = context
    const options = n8n.getNodeParameter('options', itemIndex, {}) as EmbeddingOptions
    const given: unknown = n8n.getNodeParameter('input', itemIndex, '')
    const texts = (Array.isArray(given) ? given : [given]).map((each) =>
      typeof each === 'string' ? each : String(each ?? ''),
    )
    if (texts.length === 0 || texts.some((text) => text.trim() === '')) {
      throw new NodeOperationError(place.node, '"Text" is empty.', {
        itemIndex,
        description: 'There is no vector of nothing. An expression may have come out empty.',
      })
    }
    const request = {
      model: modelIdIn(n8n.getNodeParameter('model', itemIndex)),
      input: texts,
      ...(options.dimensions !== undefined && { dimensions: options.dimensions }),
      ...sharedBody(options, n8n, place),
    }
    const asked = await ask(context, options, (limits) => client.embed(request, limits))
    const vectors = asked.body.data.map(({ embedding }) => embedding)
    return {
      json: {
        ...(Array.isArray(given) ? { texts, embeddings: vectors } : { text: texts[0], embedding: vectors[0] }),
        ...facts(asked, asked.body.usage),
      } as IDataObject,
    }
  },
}
