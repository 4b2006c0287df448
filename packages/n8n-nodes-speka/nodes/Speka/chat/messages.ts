import { NodeOperationError, type INodeProperties } from 'n8n-workflow'
import type { ChatMessage, ContentPart } from '@speka/core'
import { isRecord, readJson } from '../../shared/index.ts'
import type { ActionContext } from '../action.ts'
import { binaryImage } from './binary-image.ts'

export const messageFields: INodeProperties[] = [
  {
    displayName: 'Messages From',
    name: 'messagesFrom',
    type: 'options',
    options: [
      { name: 'Fields Below', value: 'fields' },
      {
        name: 'JSON',
        value: 'json',
        description: 'A list of messages as OpenAI spells them, for example a whole history',
      },
    ],
    default: 'fields',
    description: 'Where the messages come from',
  },
  {
    displayName: 'Messages',
    name: 'messages',
    type: 'fixedCollection',
    typeOptions: { multipleValues: true, sortable: true, multipleValueButtonText: 'Add Message' },
    placeholder: 'Add Message',
    default: { values: [{ role: 'user', content: '' }] },
    displayOptions: { show: { messagesFrom: ['fields'] } },
    description: 'What has been said so far, in order',
    options: [
      {
        displayName: 'Values',
        name: 'values',
        values: [
          {
            displayName: 'Role',
            name: 'role',
            type: 'options',
            options: [
              { name: 'User', value: 'user', description: 'What is asked' },
              { name: 'System', value: 'system', description: 'How the model should behave' },
              { name: 'Assistant', value: 'assistant', description: 'What the model has said before' },
            ],
            default: 'user',
            description: 'Who says it',
          },
          {
            displayName: 'Text',
            name: 'content',
            type: 'string',
            typeOptions: { rows: 3 },
            default: '',
            placeholder: 'e.g. Summarise this mail in one sentence',
            description: 'What is said',
          },
          {
            displayName: 'Image Field Names',
            name: 'imageFields',
            type: 'string',
            default: '',
            placeholder: 'e.g. data',
            displayOptions: { show: { role: ['user'] } },
            hint: 'The names of input binary fields with images, separated by commas',
            description: 'Images that go with the text. The model must be able to see.',
          },
          {
            displayName: 'Image URLs',
            name: 'imageUrls',
            type: 'string',
            default: '',
            placeholder: 'e.g. https://example.com/cat.png',
            displayOptions: { show: { role: ['user'] } },
            description: 'Addresses of images, separated by spaces. The provider fetches them.',
          },
        ],
      },
    ],
  },
  {
    displayName: 'Messages (JSON)',
    name: 'messagesJson',
    type: 'json',
    typeOptions: { rows: 5 },
    default: '[{ "role": "user", "content": "" }]',
    displayOptions: { show: { messagesFrom: ['json'] } },
    description: 'A list of <code>{"role", "content"}</code>',
  },
]

interface MessageRow {
  readonly role?: string
  readonly content?: unknown
  readonly imageFields?: string
  readonly imageUrls?: string
}

/**
 * The conversation that an item brings.
 *
 * @throws NodeOperationError when there is nothing to say, or an image is none
 */
export async function readMessages(context: ActionContext): Promise<ChatMessage[]> {
  const { n8n, itemIndex } = context
  const messages =
    n8n.getNodeParameter('messagesFrom', itemIndex, 'fields') === 'json' ? readList(context) : await readRows(context)
  if (messages.every(isEmpty)) {
    throw refusal(
      context,
      'There is no message.',
      'Write a text for at least one message. An expression may have come out empty.',
    )
  }
  return messages.filter((message) => !isEmpty(message))
}

async function readRows(context: ActionContext): Promise<ChatMessage[]> {
  const rows = context.n8n.getNodeParameter('messages.values', context.itemIndex, []) as MessageRow[]
  return Promise.all(rows.map((row) => messageOf(row, context)))
}

async function messageOf(row: MessageRow, context: ActionContext): Promise<ChatMessage> {
  const { role = 'user', content, imageFields = '', imageUrls = '' } = row
  const text =
    typeof content === 'string' ? content : content === undefined || content === null ? '' : JSON.stringify(content)
  const fields = imageFields
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean)
  const urls = imageUrls.split(/\s+/).filter(Boolean)
  if (role !== 'user' || fields.length + urls.length === 0) return { role, content: text }
  const images = [...(await Promise.all(fields.map((name) => binaryImage(name, context)))), ...urls]
  const parts: ContentPart[] = images.map((url) => ({ type: 'image_url', image_url: { url } }))
  return { role, content: [...(text.trim() === '' ? [] : [{ type: 'text', text }]), ...parts] }
}

function readList(context: ActionContext): ChatMessage[] {
  const name = 'Messages (JSON)'
  const given =
    readJson(context.n8n.getNodeParameter('messagesJson', context.itemIndex, '[]'), name, context.place) ?? []
  const list = Array.isArray(given) ? given : [given]
  for (const [index, message] of list.entries()) {
    if (isRecord(message) && typeof message['role'] === 'string') continue
    const example = 'A message looks like {"role": "user", "content": "Hello"}.'
    throw refusal(context, `Message ${index + 1} of "${name}" has no role.`, example)
  }
  return list as ChatMessage[]
}

/** Whether there is nothing in it: some providers refuse the whole request for one such message. */
function isEmpty({ content, tool_calls: calls, role }: ChatMessage): boolean {
  if ((calls?.length ?? 0) > 0 || role === 'tool') return false
  if (content === undefined || content === null) return true
  return typeof content === 'string' ? content.trim() === '' : content.length === 0
}

const refusal = ({ n8n, itemIndex }: ActionContext, message: string, description: string): NodeOperationError =>
  new NodeOperationError(n8n.getNode(), message, { itemIndex, description })
