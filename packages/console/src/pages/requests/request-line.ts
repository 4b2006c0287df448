import type { paths } from '../../api/schema.ts'

/** A request as a list has it. */
export type RequestLine =
  paths['/api/v1/requests']['get']['responses'][200]['content']['application/json']['data'][number]
