import {
  NodeConnectionTypes,
  type INodeType,
  type INodeTypeDescription,
  type ISupplyDataFunctions,
  type SupplyData,
} from 'n8n-workflow'
import {
  credentialTest,
  extraBodyOption,
  listSearch,
  maxCostOption,
  metadataOption,
  modelField,
  timeoutOption,
} from '../shared/index.ts'
import { supplyEmbeddings } from './supply-embeddings.ts'

export class EmbeddingsSpeka implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Embeddings Speka',
    name: 'embeddingsSpeka',
    icon: { light: 'file:../../icons/speka.svg', dark: 'file:../../icons/speka.dark.svg' },
    group: ['transform'],
    version: [1],
    subtitle: '={{ $parameter["model"]["value"] || $parameter["model"] }}',
    description: 'For vector stores: embeddings through a gateway, with their cost',
    defaults: { name: 'Embeddings Speka' },
    inputs: [],
    outputs: [NodeConnectionTypes.AiEmbedding],
    outputNames: ['Embeddings'],
    credentials: [{ name: 'spekaApi', required: true, testedBy: 'testSpekaApi' }],
    properties: [
      {
        displayName:
          'Use the same model, with the same dimensions, for storing and for searching: vectors of two models do not compare. There is no fallback here for that reason.',
        name: 'notice',
        type: 'notice',
        default: '',
      },
      modelField('searchEmbeddingModels', 'The model that makes the vectors'),
      {
        displayName: 'Options',
        name: 'options',
        type: 'collection',
        placeholder: 'Add Option',
        default: {},
        options: [
          {
            displayName: 'Batch Size',
            name: 'batchSize',
            type: 'number',
            typeOptions: { minValue: 1, maxValue: 2048 },
            default: 512,
            description: 'How many texts go in one request',
          },
          {
            displayName: 'Dimensions',
            name: 'dimensions',
            type: 'number',
            typeOptions: { minValue: 1 },
            default: 1024,
            description: 'Length of the vectors, where the model leaves a choice',
          },
          extraBodyOption,
          maxCostOption,
          metadataOption,
          {
            displayName: 'Strip New Lines',
            name: 'stripNewLines',
            type: 'boolean',
            default: true,
            description: 'Whether line breaks become spaces: older models do better so',
          },
          timeoutOption,
        ],
      },
    ],
  }

  methods = { credentialTest, listSearch }

  async supplyData(this: ISupplyDataFunctions, itemIndex: number): Promise<SupplyData> {
    return supplyEmbeddings(this, itemIndex)
  }
}
