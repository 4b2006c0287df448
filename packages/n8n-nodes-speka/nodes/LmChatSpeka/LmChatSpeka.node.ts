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
  fallbackModelsField,
  formatChoices,
  frequencyPenaltyOption,
  listSearch,
  maxCostOption,
  maxTokensOption,
  metadataOption,
  modelField,
  presencePenaltyOption,
  reasoningEffortOption,
  schemaField,
  sessionOption,
  temperatureOption,
  timeoutOption,
  topPOption,
} from '../shared/index.ts'
import { supplyChatModel } from './supply-chat-model.ts'

export class LmChatSpeka implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Speka Chat Model',
    name: 'lmChatSpeka',
    icon: { light: 'file:../../icons/speka.svg', dark: 'file:../../icons/speka.dark.svg' },
    group: ['transform'],
    version: [1],
    subtitle: '={{ $parameter["model"]["value"] || $parameter["model"] }}',
    description: 'For AI Agents and chains: many models through one gateway, with fallback and cost',
    defaults: { name: 'Speka Chat Model' },
    inputs: [],
    outputs: [NodeConnectionTypes.AiLanguageModel],
    outputNames: ['Model'],
    credentials: [{ name: 'spekaApi', required: true, testedBy: 'testSpekaApi' }],
    properties: [
      modelField('searchChatModels', 'The model that answers'),
      fallbackModelsField('searchChatModels'),
      {
        displayName: 'Options',
        name: 'options',
        type: 'collection',
        placeholder: 'Add Option',
        default: {},
        options: [
          extraBodyOption,
          frequencyPenaltyOption,
          schemaField('responseFormat'),
          maxCostOption,
          maxTokensOption,
          metadataOption,
          presencePenaltyOption,
          reasoningEffortOption,
          {
            displayName: 'Response Format',
            name: 'responseFormat',
            type: 'options',
            options: formatChoices,
            default: 'text',
            description: 'What the answer must look like',
          },
          sessionOption,
          temperatureOption,
          timeoutOption,
          topPOption,
        ],
      },
    ],
  }

  methods = { credentialTest, listSearch }

  async supplyData(this: ISupplyDataFunctions, itemIndex: number): Promise<SupplyData> {
    return supplyChatModel(this, itemIndex)
  }
}
