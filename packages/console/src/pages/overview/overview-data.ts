import type { paths } from '../../api/schema.ts'

/** What `GET /api/v1/overview` answers. */
export type OverviewData = paths['/api/v1/overview']['get']['responses'][200]['content']['application/json']
