import type { OperationName } from '@speka/core'
import type { Plan } from '@speka/core/internal'
import type { SiteRecords } from './site-records.ts'
import type { Html } from './html.ts'
import type { ModelFacts } from './model-facts.ts'

/** Everything that the public pages are made of. Nothing in it belongs to an account. */
export interface PageFacts {
  readonly look: Look
  /** Where callers reach the gateway, without a slash at the end: what snippets show. */
  readonly origin: string
  /** The same where the operator has said it: what search engines are told. */
  readonly publicUrl: string | undefined
  /** In ms since the epoch. */
  readonly now: number
  /** In the order in which they are shown. */
  readonly models: readonly ModelFacts[]
  readonly plans: readonly Plan[]
  readonly records: SiteRecords
  readonly providers: ProviderStates
  readonly docs: readonly DocPage[]
  readonly posts: readonly Post[]
  /** Whether accounts can be made by whoever comes. */
  readonly canSignUp: boolean
}

/** What the operator has said about how the pages look. */
export interface Look {
  /** What the service is called. */
  readonly name: string
  /** Where its picture is served. */
  readonly logo: string | undefined
  /** Where the style sheet is served. */
  readonly style: string
  readonly texts: SiteTexts
  /** Who is responsible for the pages. */
  readonly imprint: Html | undefined
  /** An address of mail or of a page. */
  readonly contact: string | undefined
}

/** Texts in the operator's own words; `undefined`: those that come with the gateway. */
export interface SiteTexts {
  /** One line, at the head of the first page. */
  readonly tagline?: string | undefined
  /** What it is, in a paragraph. */
  readonly intro?: string | undefined
  /** Beside the plans. */
  readonly pricing?: string | undefined
  /** At the foot of each page. */
  readonly footer?: string | undefined
}

/** How those are who answer, without their names. */
export interface ProviderStates {
  /** How many can be called: they have a key, or need none. Without the sandbox. */
  readonly ready: number
  /** How many of these do not answer at present, or were taken out. */
  readonly failing: number
  /** Names of models that nobody answers at present, though somebody is there to. */
  readonly silent: readonly string[]
}

/** One of the guides. */
export interface DocPage {
  /** Its path below `/docs/`. */
  readonly slug: string
  readonly title: string
  readonly description: string
  readonly headings: readonly { readonly id: string; readonly text: string }[]
  readonly body: Html
}

/** One entry of the blog. */
export interface Post {
  /** Its path below `/blog/`. */
  readonly slug: string
  readonly title: string
  /** `YYYY-MM-DD` */
  readonly date: string
  readonly description: string
  readonly body: Html
}

/** What an operation is called for people. */
export const operationTitles: Readonly<Record<OperationName, string>> = {
  chat: 'Chat',
  embeddings: 'Embeddings',
  images: 'Images',
  image_edits: 'Image edits',
  rerank: 'Rerank',
  transcription: 'Transcription',
  translation: 'Translation',
  speech: 'Speech',
  moderation: 'Moderation',
}
