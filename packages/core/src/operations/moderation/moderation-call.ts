import { scanObject, type ObjectScan } from '../../bytes/scan-object.ts'
import { join, setMember, splice } from '../../bytes/splice.ts'
import type { Bytes } from '../../transport.ts'
import type { CallBody, CallFacts } from '../../wire/call-facts.ts'
import { parseBody, type BodyAids } from '../../wire/parse-body.ts'
import { writeBody } from '../../wire/write-body.ts'
import { checkModerationRequest } from './check-moderation-request.ts'
import type { ModerationFields, ModerationRequest } from './moderation.ts'

/** A request to judge texts and pictures on its way through the engine. */
export interface ModerationCall extends CallBody<ModerationFields> {
  readonly endpoint: 'moderation'
}

/** Who judges for whoever names no model: OpenAI's own default, on which its clients rely (platform.openai.com/docs/api-reference/moderations). */
const USUAL_MODEL = 'omni-moderation-latest'

/**
 * Reads a request body from the wire. One without a model is for {@link USUAL_MODEL}, and says so from then on.
 *
 * @throws SpekaError what {@link parseBody} finds, or what {@link checkModerationRequest} finds.
 */
export function readModerationCall(body: Bytes, facts: CallFacts, aids?: BodyAids): ModerationCall {
  const { value, scan } = parseBody(body, aids)
  if (value['model'] !== undefined && value['model'] !== null)
    return callOf(body, scan, checkModerationRequest(value), facts)
  const named = join(splice(body, [setMember(scan, 'model', JSON.stringify(USUAL_MODEL))]))
  return callOf(named, scanObject(named) ?? scan, checkModerationRequest(withUsualModel(value)), facts)
}

/**
 * The same call, made by code instead of by bytes.
 *
 * @throws SpekaError what {@link checkModerationRequest} finds.
 */
export function writeModerationCall(request: ModerationRequest, facts: CallFacts): ModerationCall {
  const outline = checkModerationRequest(withUsualModel(request))
  const { body, scan } = writeBody(outline)
  return callOf(body, scan, outline, facts)
}

const withUsualModel = (request: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  request['model'] === undefined || request['model'] === null ? { ...request, model: USUAL_MODEL } : request

/** How many inputs it has, each judged by itself; parts are judged together. */
export const inputsOf = ({ outline: { input } }: ModerationCall): number =>
  Array.isArray(input) && typeof input[0] === 'string' ? input.length : 1

const callOf = (body: Bytes, scan: ObjectScan, outline: ModerationFields, facts: CallFacts): ModerationCall => ({
  ...facts,
  endpoint: 'moderation',
  body,
  scan,
  outline,
  stream: false,
  wantsUsage: false,
})
