/** What the APIs that are spoken here have and this gateway has not. */
interface AbsentApi {
  /** Its paths, without the version. What is below them is not there either. */
  readonly paths: readonly string[]
  /** Why it is not there, and what to do instead. */
  readonly says: string
}

const ownKey = "with the provider's own address and key"

/**
 * A gateway stands before many accounts with one key of its provider's: what a provider keeps for that key would be everybody's, and
 * what it does later would be on nobody's bill.
 */
const absentApis: readonly AbsentApi[] = [
  {
    paths: ['/files', '/uploads'],
    says: 'The gateway keeps no files. Send what is in a file with each request instead: pictures as "image_url", documents as "file_data", recordings as a form to /v1/audio/transcriptions.',
  },
  {
    paths: ['/vector_stores'],
    says: 'The gateway keeps no vectors. Make them by POST /v1/embeddings instead, and keep them in a store of your own; POST /v1/rerank sorts what it finds.',
  },
  {
    paths: ['/batches', '/messages/batches', '/batch'],
    says: 'The gateway carries nothing out later, when nobody is there to be charged. Send the requests one by one instead, as many at once as the limits of the key allow.',
  },
  {
    paths: ['/realtime'],
    says: 'Realtime sessions go past what the gateway counts. Use streams instead: POST /v1/chat/completions with sound in its messages, or /v1/audio/transcriptions, then a chat, then /v1/audio/speech.',
  },
  {
    paths: ['/assistants', '/threads'],
    says: 'The gateway keeps no assistants, and OpenAI has ended them. Use POST /v1/responses instead.',
  },
  {
    paths: ['/conversations'],
    says: 'The gateway keeps no conversations. Use POST /v1/responses instead, with the whole conversation as "input", or go on with "previous_response_id".',
  },
  {
    paths: ['/fine_tuning', '/fine-tunes', '/evals'],
    says: `Models are trained and judged ${ownKey}. Give the trained model an id under "models" of the configuration instead, and ask for it by that.`,
  },
  { paths: ['/videos'], says: `The gateway prices no videos. Ask for them ${ownKey} instead.` },
  {
    paths: ['/containers'],
    says: `The gateway keeps no containers. Make them ${ownKey} instead, or have a tool of your own run the code.`,
  },
  {
    paths: ['/images/variations'],
    says: 'No model that is still served has it. Use POST /v1/images/edits instead, with a prompt that says what may change.',
  },
  {
    paths: ['/chat/completions'],
    says: 'The gateway stores no completions. Keep the answers yourself instead; GET /v1/generation?id= tells what one has cost.',
  },
  { paths: ['/complete'], says: 'Use POST /v1/messages instead: Anthropic has ended the older way.' },
  {
    paths: ['/v1beta'],
    says: "Gemini's own API is asked by the gateway, and not spoken to callers. Ask for its models by POST /v1/chat/completions, /v1/messages or /v1/responses instead.",
  },
  { paths: ['/organization'], says: 'Use the management API below /api/v1 instead: it has usage, keys and members.' },
]

const VERSION = /^(?:\/anthropic)?\/v1(?=\/)/

/**
 * Why there is nothing at a path at which the vendors' APIs have something, and what to do instead; `undefined`: nobody has anything
 * there.
 */
export function whyAbsent(path: string): string | undefined {
  const own = path.replace(VERSION, '')
  return absentApis.find(({ paths }) => paths.some((absent) => own === absent || own.startsWith(`${absent}/`)))?.says
}
