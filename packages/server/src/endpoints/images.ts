import { readImagesCall } from '@speka/core/internal'
import type { ReadCall } from './engine-endpoint.ts'

/** `POST /v1/images/generations` */
export const imageGenerations: ReadCall = (body, facts, aids) => readImagesCall(body, facts, aids)
