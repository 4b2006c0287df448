import type { IBinaryKeyData, IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow'
import {
  extraBodyOption,
  fallbackIdsIn,
  fallbackModelsField,
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
import { imageType } from '../image-type.ts'

const size: INodeProperties = {
  displayName: 'Size',
  name: 'size',
  type: 'string',
  default: '1024x1024',
  placeholder: 'e.g. 1024x1024',
  description: 'Width and height in pixels. Not every model draws every size.',
}

const count: INodeProperties = {
  displayName: 'Number of Images',
  name: 'count',
  type: 'number',
  typeOptions: { minValue: 1, maxValue: 10 },
  default: 1,
  description:
    'How many images to draw. The first is in the output field, the others in fields named after it: data_1, data_2.',
}

const quality: INodeProperties = {
  displayName: 'Quality',
  name: 'quality',
  type: 'string',
  default: '',
  placeholder: 'e.g. high',
  description: 'In words of the model, such as <code>low</code>, <code>high</code> or <code>hd</code>',
}

interface ImageOptions extends OptionValues {
  readonly size?: string
  readonly count?: number
  readonly quality?: string
}

export const imageGenerate: Action = {
  fields: [
    modelField('searchImageModels', 'The model that draws'),
    {
      displayName: 'Prompt',
      name: 'prompt',
      type: 'string',
      typeOptions: { rows: 3 },
      default: '',
      required: true,
      placeholder: 'e.g. A lighthouse in the fog, as a woodcut',
      description: 'What to draw',
    },
    {
      displayName: 'Output Field',
      name: 'binaryPropertyName',
      type: 'string',
      default: 'data',
      required: true,
      hint: 'The name of the output binary field to put the image in',
      description: 'Where the image goes',
    },
    fallbackModelsField('searchImageModels'),
    {
      displayName: 'Options',
      name: 'options',
      type: 'collection',
      placeholder: 'Add Option',
      default: {},
      options: [extraBodyOption, concurrencyOption, maxCostOption, metadataOption, count, quality, size, timeoutOption],
    },
  ],

  essentials: ['text', 'images', 'urls'],

  async run(context) {
    const { n8n, itemIndex, client, place } = context
    const options = n8n.getNodeParameter('options', itemIndex, {}) as ImageOptions
    const fallbacks = fallbackIdsIn(n8n.getNodeParameter('fallbackModels', itemIndex, {}))
    const field = n8n.getNodeParameter('binaryPropertyName', itemIndex, 'data') as string
    const request = {
      model: modelIdIn(n8n.getNodeParameter('model', itemIndex)),
      prompt: n8n.getNodeParameter('prompt', itemIndex, '') as string,
      ...(fallbacks.length > 0 && { models: fallbacks }),
      ...(options.size && { size: options.size }),
      ...(options.count !== undefined && { n: options.count }),
      ...(options.quality && { quality: options.quality }),
      response_format: 'b64_json' as const,
      ...sharedBody(options, n8n, place),
    }
    const asked = await ask(context, options, (limits) => client.draw(request, limits))
    const { data: images, usage } = asked.body
    const drawn = images.flatMap(({ b64_json: bytes }) => (bytes === undefined ? [] : [bytes]))
    const urls = images.flatMap(({ url }) => (url === undefined ? [] : [url]))
    const revised = images.find(({ revised_prompt: words }) => words !== undefined)?.revised_prompt
    return {
      json: {
        text: revised ?? request.prompt,
        images: images.length,
        ...(urls.length > 0 && { urls }),
        ...facts(asked, usage),
      } as IDataObject,
      binary: await binaryOf(drawn, field, n8n),
    }
  },
}

/** Images in base64 as n8n keeps files. */
async function binaryOf(images: readonly string[], field: string, n8n: IExecuteFunctions): Promise<IBinaryKeyData> {
  const named = images.map(async (base64, index): Promise<[string, IBinaryKeyData[string]]> => {
    const bytes = Buffer.from(base64, 'base64')
    const { mimeType, extension } = imageType(bytes)
    const name = index === 0 ? field : `${field}_${index}`
    return [name, await n8n.helpers.prepareBinaryData(bytes, `${name}.${extension}`, mimeType)]
  })
  return Object.fromEntries(await Promise.all(named))
}
