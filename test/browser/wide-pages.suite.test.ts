import { describeEveryPage } from './support/every-page.ts'

// A large screen.
describeEveryPage(1600)
