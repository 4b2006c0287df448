import { PageHeader } from '../parts/page-header.tsx'

export const RequestTimeline = (): React.JSX.Element => <PageHeader title="RequestTimeline" />
