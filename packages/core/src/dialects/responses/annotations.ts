import { isRecord } from '../../json.ts'
import type { ResponseAnnotation } from './shapes.ts'

/**
 * What chat's words rest on, in this API's shape. Chat keeps the fields of an annotation in one called as its type is; here
 * they stand beside the type.
 */
export function annotationsIn(annotations: unknown): ResponseAnnotation[] {
  return Array.isArray(annotations) ? annotations.flatMap((annotation: unknown) => readAnnotation(annotation)) : []
}

function readAnnotation(annotation: unknown): ResponseAnnotation[] {
  if (!isRecord(annotation) || typeof annotation['type'] !== 'string') return []
  const { type, ...fields } = annotation
  const inner = fields[type]
  return [{ type, ...(isRecord(inner) ? inner : fields) }]
}
