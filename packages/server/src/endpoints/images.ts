import { isUtf8 } from 'node:buffer'
import { readImagesCall } from '@speka/core'
import type { ReadCall } from './engine-endpoint.ts'

/** `POST /v1/images/generations` */
export const imageGenerations: ReadCall = (body, facts) => readImagesCall(body, facts, isUtf8)
