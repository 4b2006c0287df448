import { PageHeader } from '../parts/page-header.tsx'

export const Requests = (): React.JSX.Element => <PageHeader title="Requests" />
