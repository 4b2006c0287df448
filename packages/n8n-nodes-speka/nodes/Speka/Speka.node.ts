import {
  NodeConnectionTypes,
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
} from 'n8n-workflow'
import { credentialTest, listSearch } from '../shared/index.ts'
import { actionFields } from './actions/index.ts'
import { runActions } from './run-actions.ts'
import { toolOutputFields } from './tool-output.ts'

export class Speka implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Speka',
    name: 'speka',
    icon: { light: 'file:../../icons/speka.svg', dark: 'file:../../icons/speka.dark.svg' },
    group: ['transform'],
    version: [1],
    subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
    description: 'Ask many models through one gateway, with fallback and the cost of every answer',
    defaults: { name: 'Speka' },
    usableAsTool: true,
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    credentials: [{ name: 'spekaApi', required: true, testedBy: 'testSpekaApi' }],
    properties: [
      {
        displayName: 'Resource',
        name: 'resource',
        type: 'options',
        noDataExpression: true,
        options: [
          { name: 'Chat', value: 'chat' },
          { name: 'Embedding', value: 'embedding' },
          { name: 'Image', value: 'image' },
          { name: 'Model', value: 'model' },
          { name: 'Usage', value: 'usage' },
        ],
        default: 'chat',
      },
      {
        displayName: 'Operation',
        name: 'operation',
        type: 'options',
        noDataExpression: true,
        displayOptions: { show: { resource: ['chat'] } },
        options: [
          {
            name: 'Message a Model',
            value: 'message',
            action: 'Message a model',
            description: 'Get an answer to one or more messages',
          },
        ],
        default: 'message',
      },
      {
        displayName: 'Operation',
        name: 'operation',
        type: 'options',
        noDataExpression: true,
        displayOptions: { show: { resource: ['embedding'] } },
        options: [
          {
            name: 'Create',
            value: 'create',
            action: 'Create an embedding',
            description: 'Make a vector of a text',
          },
        ],
        default: 'create',
      },
      {
        displayName: 'Operation',
        name: 'operation',
        type: 'options',
        noDataExpression: true,
        displayOptions: { show: { resource: ['image'] } },
        options: [
          {
            name: 'Generate',
            value: 'generate',
            action: 'Generate an image',
            description: 'Draw one or more images from a text',
          },
        ],
        default: 'generate',
      },
      {
        displayName: 'Operation',
        name: 'operation',
        type: 'options',
        noDataExpression: true,
        displayOptions: { show: { resource: ['model'] } },
        options: [
          {
            name: 'Get',
            value: 'get',
            action: 'Get a model',
            description: 'Get price, context window and abilities of one model',
          },
          {
            name: 'Get Many',
            value: 'getAll',
            action: 'Get many models',
            description: 'Get what the gateway can call now',
          },
        ],
        default: 'getAll',
      },
      {
        displayName: 'Operation',
        name: 'operation',
        type: 'options',
        noDataExpression: true,
        displayOptions: { show: { resource: ['usage'] } },
        options: [
          {
            name: 'Get Key',
            value: 'getKey',
            action: 'Get the usage of a key',
            description: 'Get what the key of the credential has spent, and its limits',
          },
          {
            name: 'Get Request',
            value: 'getRequest',
            action: 'Get the record of a request',
            description: 'Get cost, usage and every attempt of one request',
          },
        ],
        default: 'getKey',
      },
      ...actionFields,
      ...toolOutputFields,
    ],
  }

  methods = { credentialTest, listSearch }

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    return [await runActions(this)]
  }
}
