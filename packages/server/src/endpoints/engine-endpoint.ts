import { isUtf8 } from 'node:buffer'
import type { IncomingHttpHeaders } from 'node:http'
import type { Call, OperationName } from '@speka/core'
import {
  InTokens,
  interpret,
  isForm,
  READ_AT_ONCE_BYTES,
  type Admit,
  type BodyAids,
  type CallFacts,
  type Dialect,
  type FormBody,
  type IdSeal,
} from '@speka/core/internal'
import type { LiveConfig } from '../config/live-config.ts'
import { AnswerResponder, type ResponderParts } from '../http/answer-responder.ts'
import type { KeyedExchange } from '../http/exchange.ts'
import type { HttpLimits } from '../http/http-limits.ts'
import { openForm } from '../http/open-form.ts'
import { readBody } from '../http/read-body.ts'
import { DEFAULT_ACCOUNT, type Ledger } from '../store/store.ts'
import { isFirstTime, type FirstTime, type Replies } from '../replies/replies.ts'
import { respondReply } from '../replies/respond-reply.ts'
import type { RatesOfKey } from '../limits/rates-of-key.ts'
import { callFacts } from './call-facts.ts'
import { readInSlices } from './read-in-slices.ts'
import { spellTokens } from './spell-tokens.ts'

/** Makes a call of a body, or reads it in a dialect of chat; either may be in tokens yet. @throws SpekaError when it is neither. */
export type ReadCall = (
  body: Buffer,
  facts: CallFacts,
  aids: BodyAids,
  headers: IncomingHttpHeaders,
) => Call | Dialect | InTokens<Call> | InTokens<Dialect>

/** How what is sent to an endpoint is read. */
export interface Readers {
  readonly read: ReadCall
  /** Makes a call of a form. Default: it takes JSON alone. */
  readonly readForm?: ((form: FormBody, facts: CallFacts) => Call) | undefined
  /** Puts before a body what its caller goes on with. @returns `undefined` where the body is read as it is. */
  readonly goOn?: ((body: Buffer, facts: CallFacts) => GoingOn | Promise<GoingOn> | undefined) | undefined
}

/** A body with what its caller goes on with, and how that is read. */
export interface GoingOn {
  readonly body: Buffer
  readonly read: ReadCall
}

/** An endpoint that the engine answers: from body bytes to a run, which answers through a {@link AnswerResponder}. */
export function engineEndpoint(
  endpoint: OperationName,
  { read, readForm, goOn }: Readers,
  live: LiveConfig,
  parts: ResponderParts,
  limits: HttpLimits,
  idSeal: IdSeal,
  replies: Replies,
  ratesOf: RatesOfKey,
) {
  return async (exchange: KeyedExchange): Promise<void> => {
    const { request, response } = exchange
    admit(parts.ledger)
    const form =
      readForm !== undefined && isForm(request.headers['content-type'])
        ? await openForm(request, response, endpoint, limits.bodyBytes)
        : undefined
    const sent = form === undefined ? await readBody(request, response, limits.bodyBytes) : NO_BYTES
    const since = performance.now()
    const facts = callFacts(exchange, idSeal)
    const begun = goOn?.(sent, facts)
    const going = begun instanceof Promise ? await begun : begun
    const body = going?.body ?? sent
    const readSent = going?.read ?? read
    const admitModel = (model: string): void => live.current.engine.admit(model, endpoint, facts)
    const { messages } = live.current.config.gateway
    const aids: BodyAids = { isUtf8, admit: admitModel, messages }
    const made =
      form === undefined || readForm === undefined
        ? readSent(
            body,
            facts,
            body.length > READ_AT_ONCE_BYTES ? await readInSlices(body, aids) : aids,
            request.headers,
          )
        : readForm(form, facts)
    const asked = made instanceof InTokens ? await inWords(made, admitModel) : made
    admit(parts.ledger)
    // Refused meanwhile: its key was revoked, or the gateway is stopping.
    if (response.headersSent) return
    const { engine: own } = live.current
    const [engine, call] = 'call' in asked ? interpret(own, asked) : [own, asked]
    const repeatMs = request.headers['idempotency-key'] === undefined ? undefined : live.current.config.repeatMs
    // A stream that was broken off could not be gone on with: only what is answered in one piece is given again. A form is not there to
    // be compared.
    const isOnce = repeatMs !== undefined && !call.stream && form === undefined
    const ours = isOnce ? await answerRepeated(exchange, sent, replies, repeatMs, ratesOf) : undefined
    if (isOnce && ours === undefined) return
    const responder = new AnswerResponder(parts, call, response, ours)
    responder.attach(engine.start(call, responder), since)
    exchange.open.answer = responder
  }
}

const NO_BYTES = Buffer.alloc(0)

/** Nothing is sent upstream that could not be recorded: it would be paid for, and its answer not delivered. */
function admit(ledger: Ledger): void {
  const trouble = ledger.trouble()
  if (trouble !== undefined) throw trouble
}

/** Tokens are spelled out for whoever may use the model, and for nobody else. */
function inWords(read: InTokens<Call> | InTokens<Dialect>, admitModel: Admit): Promise<Call | Dialect> {
  admitModel(read.model)
  return spellTokens<Call | Dialect>(read)
}

/**
 * Gives the answer again to who repeats a request with its `Idempotency-Key`.
 *
 * @returns who keeps the answer of a request that comes for the first time; `undefined`: there is nothing left to do.
 */
async function answerRepeated(
  { request, response, path, key }: KeyedExchange,
  body: Buffer,
  replies: Replies,
  keepMs: number,
  ratesOf: RatesOfKey,
): Promise<FirstTime | undefined> {
  const scope = { account: key.account ?? DEFAULT_ACCOUNT, route: `POST ${path}` }
  const found = await replies.begin(scope, String(request.headers['idempotency-key']), body, keepMs)
  if (!isFirstTime(found)) respondReply(response, found, ratesOf(key))
  else if (!response.headersSent && !response.destroyed) return found
  // Refused meanwhile, or left.
  else found.release()
  return undefined
}
