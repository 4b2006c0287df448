import { updateDisplayOptions, type INodeProperties } from 'n8n-workflow'
import type { Action } from '../action.ts'
import { chatMessage } from './chat-message.ts'
import { embeddingCreate } from './embedding-create.ts'
import { imageGenerate } from './image-generate.ts'
import { modelGet, modelGetMany } from './model.ts'
import { usageGetKey, usageGetRequest } from './usage.ts'

/** Everything the node can do, by resource and operation. */
export const actions: Readonly<Record<string, Readonly<Record<string, Action>>>> = {
  chat: { message: chatMessage },
  embedding: { create: embeddingCreate },
  image: { generate: imageGenerate },
  model: { get: modelGet, getAll: modelGetMany },
  usage: { getKey: usageGetKey, getRequest: usageGetRequest },
}

/** The fields of all actions, each shown where it belongs. */
export const actionFields: INodeProperties[] = Object.entries(actions).flatMap(([resource, operations]) =>
  Object.entries(operations).flatMap(([operation, { fields }]) =>
    updateDisplayOptions({ show: { resource: [resource], operation: [operation] } }, fields),
  ),
)
