import type { Bytes } from '../../transport.ts'
import type { CallBody, CallFacts } from '../../wire/call-facts.ts'
import { checkImagesRequest } from './check-images-request.ts'
import type { ImagesRequest } from './images.ts'
import { parseBody, type BodyAids } from '../../wire/parse-body.ts'
import type { ObjectScan } from '../../bytes/scan-object.ts'
import { writeBody } from '../../wire/write-body.ts'

/** A request for images on its way through the engine. */
export interface ImagesCall extends CallBody<ImagesRequest> {
  readonly endpoint: 'images'
}

/**
 * Reads a request body from the wire.
 *
 * @throws SpekaError what {@link parseBody} finds, or what {@link checkImagesRequest} finds.
 */
export function readImagesCall(body: Bytes, facts: CallFacts, aids?: BodyAids): ImagesCall {
  const { value, scan } = parseBody(body, aids)
  return callOf(body, scan, checkImagesRequest(value), facts)
}

/**
 * The same call, made by code instead of by bytes.
 *
 * @throws SpekaError what {@link checkImagesRequest} finds.
 */
export function writeImagesCall(request: ImagesRequest, facts: CallFacts): ImagesCall {
  const outline = checkImagesRequest(request)
  const { body, scan } = writeBody(request)
  return callOf(body, scan, outline, facts)
}

function callOf(body: Bytes, scan: ObjectScan, outline: ImagesRequest, facts: CallFacts): ImagesCall {
  return { ...facts, endpoint: 'images', body, scan, outline, stream: outline.stream === true, wantsUsage: false }
}
