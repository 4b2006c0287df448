import type { SpekaError } from '../../errors.ts'
import { isRecord, type Json } from '../../json.ts'
import { errorBody } from '../../wire/error-body.ts'
import type { ResponseEvent, ResponseHappening, ResponseObject } from './shapes.ts'
import { callsIn } from '../calls-in.ts'
import { annotationsIn } from './annotations.ts'
import { OutputWriter } from './output-writer.ts'
import { responseUsage } from './response-usage.ts'

type IncompleteReason = NonNullable<ResponseObject['incomplete_details']>['reason']

const incompleteReasons: ReadonlyMap<unknown, IncompleteReason> = new Map<unknown, IncompleteReason>([
  ['length', 'max_output_tokens'],
  ['budget_exhausted', 'budget_exhausted'],
  ['content_filter', 'content_filter'],
])

/**
 * Puts a response together from what chat says, and tells each step as an event. A whole answer is the same with one large
 * step, whose events nobody needs.
 */
export class ResponseWriter {
  readonly #response: ResponseObject
  readonly #output: OutputWriter
  readonly #tell: (event: ResponseEvent) => void
  #sequence = 0
  #begun = false

  /**
   * @param response what is known beforehand.
   * @param idStem what the ids of items are made of.
   * @param tell hears each event while it happens: what it holds may change afterwards.
   */
  constructor(response: ResponseObject, idStem: string, tell: (event: ResponseEvent) => void) {
    this.#output = new OutputWriter(idStem, (happening) => this.#happen(happening))
    this.#response = { ...response, output: this.#output.items }
    this.#tell = tell
  }

  /** Begins it, the first time. `chat` is any chunk, or the whole answer. */
  begin({ model, service_tier: tier }: Json): void {
    if (this.#begun) return
    this.#begun = true
    if (typeof model === 'string') this.#response.model = model
    if (typeof tier === 'string') this.#response.service_tier = tier
    this.#happen({ type: 'response.created', response: this.#response })
    this.#happen({ type: 'response.in_progress', response: this.#response })
  }

  /** What a delta or a message says. */
  add(said: unknown): void {
    if (!isRecord(said)) return
    this.#output.say('reasoning', said['reasoning_content'])
    this.#output.say('text', said['content'])
    this.#output.say('refusal', said['refusal'])
    for (const annotation of annotationsIn(said['annotations'])) this.#output.annotate(annotation)
    for (const url of picturesIn(said['images'])) this.#show(url)
    for (const [position, call] of callsIn(said, this.#response.id).entries()) this.#output.call(call, position)
  }

  /** This API has a place for the bytes of a picture, and none for its address. */
  #show(url: string): void {
    const base64 = /^data:image\/[\w.+-]+;base64,/.exec(url)
    if (base64 === null) this.#output.say('text', url)
    else this.#output.picture(url.slice(base64[0].length))
  }

  /** Ends it well, for the reason that chat gave: what there is of it then is all there will be, and nobody is told yet. */
  close(finishReason: unknown, usage: unknown): ResponseObject {
    this.begin({})
    const response = this.#response
    const reason = incompleteReasons.get(finishReason)
    this.#output.end(reason === undefined ? 'completed' : 'incomplete')
    const counted = responseUsage(usage)
    if (counted !== undefined) response.usage = counted
    response.status = reason === undefined ? 'completed' : 'incomplete'
    response.incomplete_details = reason === undefined ? null : { reason }
    return response
  }

  /**
   * Tells the end of what is closed.
   *
   * @param isKept whether it can be gone on with from now on.
   */
  end(isKept: boolean): ResponseObject {
    const response = this.#response
    response.store = isKept
    this.#happen({ type: response.status === 'incomplete' ? 'response.incomplete' : 'response.completed', response })
    return response
  }

  /** Ends it badly. Some clients heed one of the two events, some the other. */
  fail(failure: SpekaError): void {
    const { code, message, param = null } = failure
    this.#output.breakOff()
    this.#happen({ type: 'error', code, message, param, ...errorBody(failure) })
    // OpenAI has few codes in this place, and none for most of ours.
    const known = code === 'rate_limit_exceeded' ? code : 'server_error'
    // What has failed is kept by nobody.
    const error = { code: known, message }
    const response: ResponseObject = { ...this.#response, status: 'failed', store: false, error }
    this.#happen({ type: 'response.failed', response })
  }

  #happen(happening: ResponseHappening): void {
    this.#tell({ ...happening, sequence_number: this.#sequence })
    this.#sequence += 1
  }
}

/** Where the pictures of a message or delta are. */
function picturesIn(images: unknown): string[] {
  const urls = (Array.isArray(images) ? images : []).map((image: unknown) => {
    const at = isRecord(image) ? image['image_url'] : undefined
    return isRecord(at) ? at['url'] : undefined
  })
  return urls.filter((url) => typeof url === 'string')
}
