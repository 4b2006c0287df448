import { PageHeader } from '../parts/page-header.tsx'

export const Overview = (): React.JSX.Element => <PageHeader title="Overview" />
