import type { BaseLanguageModelInput, StructuredOutputMethodOptions } from '@langchain/core/language_models/base'
import type { BaseChatModel } from '@langchain/core/language_models/chat_models'
import {
  assembleStructuredOutputPipeline,
  createContentParser,
  createFunctionCallingParser,
} from '@langchain/core/language_models/structured_output'
import { JsonOutputKeyToolsParser } from '@langchain/core/output_parsers/openai_tools'
import { OutputParserException } from '@langchain/core/output_parsers'
import type { ChatGeneration } from '@langchain/core/outputs'
import type { Runnable } from '@langchain/core/runnables'
import { toJsonSchema } from '@langchain/core/utils/json_schema'
import { isSerializableSchema, type SerializableSchema } from '@langchain/core/utils/standard_schema'
import { isInteropZodSchema, type InteropZodType } from '@langchain/core/utils/types'
import type { FunctionTool } from '@speka/core'
import type { ChatSpekaCallOptions } from './chat-options.ts'
import { refuseOptionalFields } from './strict-schema.ts'

/** LangChain's own idea of an object with whatever fields. */
export type AnyFields = ReturnType<BaseChatModel['_identifyingParams']>

export type OutputSchema<Output extends AnyFields = AnyFields> =
  | InteropZodType<Output>
  | SerializableSchema<Output>
  | AnyFields

type Model = Runnable<BaseLanguageModelInput>
type Bind = (options: Partial<ChatSpekaCallOptions>) => Model

const methods = ['functionCalling', 'jsonSchema', 'jsonMode'] as const
type Method = (typeof methods)[number]

/**
 * A model that answers in the shape of a schema. By default through a function that it must call: that works where JSON
 * schema is refused, and for records. `jsonSchema` and `jsonMode` use `response_format`.
 */
export function structuredOutput(
  bind: Bind,
  schema: OutputSchema,
  { name, method = 'functionCalling', includeRaw, strict }: StructuredOutputMethodOptions<boolean> = {},
) {
  if (!isMethod(method)) {
    throw new Error(`There is no method "${method}" of structured output. There is ${methods.join(', ')}.`)
  }
  const { options, parser } = ways[method](schema, name, strict)
  const traced = { ls_structured_output_format: { kwargs: { method }, schema: toJsonSchema(schema) } }
  return assembleStructuredOutputPipeline(
    // The parsers read text, so content stays a string whatever the model was made for.
    bind({ ...options, ...traced, outputVersion: 'v0' }),
    parser,
    includeRaw,
  )
}

const isMethod = (method: string): method is Method => (methods as readonly string[]).includes(method)

interface Way {
  readonly options: Partial<ChatSpekaCallOptions>
  readonly parser: ReturnType<typeof createFunctionCallingParser> | ReturnType<typeof createContentParser>
}

type MakeWay = (schema: OutputSchema, name: string | undefined, strict: boolean | undefined) => Way

const ways: Readonly<Record<Method, MakeWay>> = {
  functionCalling(schema, name, strict) {
    const made = functionFor(schema, name)
    if (strict === true) refuseOptionalFields(made.parameters)
    return {
      options: {
        tools: [{ type: 'function', function: made }],
        tool_choice: made.name,
        ...(strict !== undefined && { strict }),
      },
      parser: createFunctionCallingParser(schema, made.name, CalledFunctionParser),
    }
  },
  jsonSchema(schema, name, strict) {
    const { name: title, description, parameters } = functionFor(schema, name)
    if (strict === true) refuseOptionalFields(parameters)
    return {
      options: {
        response_format: {
          type: 'json_schema',
          json_schema: {
            name: title,
            ...(description !== undefined && { description }),
            schema: parameters ?? {},
            ...(strict !== undefined && { strict }),
          },
        },
      },
      parser: createContentParser(schema),
    }
  },
  jsonMode(schema, _name, strict) {
    if (strict !== undefined) throw new Error('"strict" means nothing to the method jsonMode: no schema is sent.')
    return { options: { response_format: { type: 'json_object' } }, parser: createContentParser(schema) }
  },
}

/** The function that stands for a schema; a schema may be one already. */
function functionFor(schema: OutputSchema, name: string | undefined): FunctionTool['function'] {
  if (!isInteropZodSchema(schema) && !isSerializableSchema(schema) && isFunction(schema)) return schema
  const parameters = toJsonSchema(schema) as Record<string, unknown>
  const { title, description } = parameters
  return {
    name: name ?? (typeof title === 'string' ? title : 'extract'),
    ...(typeof description === 'string' && { description }),
    parameters,
  }
}

const isFunction = (schema: AnyFields): schema is FunctionTool['function'] =>
  typeof schema['name'] === 'string' && typeof schema['parameters'] === 'object' && schema['parameters'] !== null

/** LangChain's parser gives `undefined` when the model called nothing. Here that is an error, as any other wrong shape is. */
class CalledFunctionParser extends JsonOutputKeyToolsParser<AnyFields> {
  override async parseResult(generations: ChatGeneration[]): Promise<AnyFields> {
    const parsed: AnyFields | undefined = await super.parseResult(generations)
    if (parsed !== undefined) return parsed
    const text = generations[0]?.text ?? ''
    throw new OutputParserException(`The model answered without calling "${this.keyName}". It said: "${text}"`, text)
  }
}
