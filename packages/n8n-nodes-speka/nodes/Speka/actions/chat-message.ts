import type { IDataObject, INodeProperties } from 'n8n-workflow'
import type { ChatCompletion } from '@speka/core'
import {
  extraBodyOption,
  fallbackIdsIn,
  fallbackModelsField,
  frequencyPenaltyOption,
  isRecord,
  maxCostOption,
  maxTokensOption,
  metadataOption,
  modelField,
  modelIdIn,
  presencePenaltyOption,
  readTools,
  reasoningEffortOption,
  responseFormatOf,
  samplingBody,
  sessionOption,
  sharedBody,
  temperatureOption,
  timeoutOption,
  topPOption,
  type OptionValues,
} from '../../shared/index.ts'
import type { Action, ActionContext } from '../action.ts'
import { ask, facts } from '../ask.ts'
import { messageFields, readMessages } from '../chat/messages.ts'
import { outputFields, parseAnswer } from '../chat/output-format.ts'
import { concurrencyOption } from '../concurrency-option.ts'
import { isSimple, simplify } from '../tool-output.ts'

const tools: INodeProperties = {
  displayName: 'Tools',
  name: 'tools',
  type: 'json',
  default: '[]',
  description:
    'Functions the model may call, as JSON: a list of <code>{"name", "description", "parameters"}</code>, or as OpenAI spells them. The calls come out as <code>toolCalls</code>; running them is up to you. For tools that run by themselves, use an AI Agent with the Speka Chat Model.',
}

const toolChoice: INodeProperties = {
  displayName: 'Tool Choice',
  name: 'toolChoice',
  type: 'string',
  default: 'auto',
  placeholder: 'e.g. get_weather',
  description: '<code>auto</code>, <code>none</code>, <code>required</code>, or the name of the tool it must call',
}

const stop: INodeProperties = {
  displayName: 'Stop Sequences',
  name: 'stop',
  type: 'string',
  default: '',
  placeholder: 'e.g. END, ###',
  description: 'Texts that end the answer, separated by commas',
}

const seed: INodeProperties = {
  displayName: 'Seed',
  name: 'seed',
  type: 'number',
  default: 1,
  description: 'The same seed asks for the same answer, as far as a provider can',
}

interface ChatOptions extends OptionValues {
  readonly tools?: unknown
  readonly toolChoice?: string
  readonly stop?: string
  readonly seed?: number
}

export const chatMessage: Action = {
  fields: [
    modelField('searchChatModels', 'The model that answers'),
    ...messageFields,
    fallbackModelsField('searchChatModels'),
    ...outputFields,
    simplify,
    {
      displayName: 'Options',
      name: 'options',
      type: 'collection',
      placeholder: 'Add Option',
      default: {},
      options: [
        extraBodyOption,
        frequencyPenaltyOption,
        concurrencyOption,
        maxCostOption,
        maxTokensOption,
        metadataOption,
        presencePenaltyOption,
        reasoningEffortOption,
        seed,
        sessionOption,
        stop,
        temperatureOption,
        timeoutOption,
        toolChoice,
        tools,
        topPOption,
      ],
    },
  ],

  essentials: ['text', 'data', 'toolCalls', 'refusal'],

  async run(context) {
    const { n8n, itemIndex, client } = context
    const options = n8n.getNodeParameter('options', itemIndex, {}) as ChatOptions
    const format = responseFormatOf(
      n8n.getNodeParameter('outputFormat', itemIndex, 'text'),
      n8n.getNodeParameter('jsonSchema', itemIndex, ''),
      context.place,
    )
    const asked = await ask(context, options, async (limits) =>
      client.chat(await requestOf(context, options, format), limits),
    )
    const { message, finishReason, toolCalls } = answerIn(asked.body)
    const text = message['content'] ?? ''
    return {
      json: {
        text,
        ...(format !== undefined && { data: parseAnswer(text) }),
        ...(toolCalls.length > 0 && { toolCalls }),
        ...(typeof message['reasoning_content'] === 'string' && { reasoning: message['reasoning_content'] }),
        ...(typeof message['refusal'] === 'string' && { refusal: message['refusal'] }),
        ...(finishReason !== undefined && { finishReason }),
        ...facts(asked, asked.body.usage),
        ...(!isSimple(context) && { response: asked.body as unknown as IDataObject }),
      } as IDataObject,
    }
  },
}

async function requestOf(context: ActionContext, options: ChatOptions, responseFormat: object | undefined) {
  const { n8n, itemIndex, place } = context
  const fallbacks = fallbackIdsIn(n8n.getNodeParameter('fallbackModels', itemIndex, {}))
  const offered = readTools(options.tools, 'Tools', place)
  const stops =
    options.stop
      ?.split(',')
      .map((each) => each.trim())
      .filter(Boolean) ?? []
  return {
    model: modelIdIn(n8n.getNodeParameter('model', itemIndex)),
    messages: await readMessages(context),
    ...(fallbacks.length > 0 && { models: fallbacks }),
    ...samplingBody(options),
    ...(stops.length > 0 && { stop: stops }),
    ...(options.seed !== undefined && { seed: options.seed }),
    ...(responseFormat !== undefined && { response_format: responseFormat as never }),
    ...(offered !== undefined && { tools: offered, tool_choice: toolChoiceOf(options.toolChoice) }),
    ...sharedBody(options, n8n, place),
  }
}

const toolChoiceOf = (given = 'auto'): unknown =>
  ['auto', 'none', 'required'].includes(given) ? given : { type: 'function', function: { name: given } }

function answerIn({ choices }: ChatCompletion): {
  message: Record<string, unknown>
  finishReason: string | undefined
  toolCalls: IDataObject[]
} {
  const [choice] = choices
  const message: Record<string, unknown> = choice?.message ?? {}
  const calls = Array.isArray(message['tool_calls']) ? message['tool_calls'].filter(isRecord) : []
  return { message, finishReason: choice?.finish_reason, toolCalls: calls.map(toolCallOf) }
}

/** A call with its arguments as data, where they are JSON. */
function toolCallOf({ id, function: called }: Record<string, unknown>): IDataObject {
  const { name, arguments: given } = isRecord(called) ? called : {}
  const data = typeof given === 'string' ? parseAnswer(given) : given
  return { id, name, arguments: data ?? given } as IDataObject
}
