import { describeEveryPage } from './support/every-page.ts'

// A telephone.
describeEveryPage(390)
