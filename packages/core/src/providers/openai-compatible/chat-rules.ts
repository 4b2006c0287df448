import { matchesGlob } from '../../catalog/glob.ts'

/** What a rule may look at besides the field it is for. */
export interface Asked {
  /** What the upstream calls the model. */
  readonly model: string
  /** The caller's field, whole; `undefined` when it is not there or `null`. */
  field(name: string): unknown
}

/** Fields as the upstream gets them, by the names it knows. */
export type Sent = Readonly<Record<string, unknown>>

/** What becomes of a field that an upstream takes in another way than OpenAI, or not at all. */
export interface Change {
  /** The same in words, for the table of providers. */
  readonly says: string
  /** What is sent in its place; nothing when nothing is lost by it, `undefined` when the upstream has nothing like it. */
  readonly becomes: (value: unknown, asked: Asked) => Sent | undefined
  /** What of the value is lost although the field is sent, as callers shall read it. */
  readonly loses?: (value: unknown) => string | undefined
}

/** Changes what is within a field. Returns the very same value when nothing has to change. */
export interface Rewrite {
  /** The same in words, for the table of providers. */
  readonly says: string
  readonly rewrite: (value: unknown, asked: Asked) => unknown
  /** What is lost of the request all the same, as callers shall read it. */
  readonly loses?: (value: unknown) => string | undefined
}

/** The fields of a chat request that are rewritten rather than replaced: they may be large. */
export type RewrittenField = 'messages' | 'tools'

export interface ModelRules {
  /** All that it takes, under OpenAI's names and its own. Default: whatever callers send. */
  readonly takes?: ReadonlySet<string>
  readonly changes?: Readonly<Record<string, Change>>
  readonly rewrites?: Readonly<Partial<Record<RewrittenField, readonly Rewrite[]>>>
}

/** Rules of some models, by globs over what the upstream calls them. */
export interface ModelException extends ModelRules {
  readonly names: readonly string[]
}

/** What an upstream takes of a chat request. A field is what stands at the top of the body. */
export interface ChatRules extends ModelRules {
  /** The first that matches comes before the rules of all models, field by field; what it rewrites comes after theirs. */
  readonly models?: readonly ModelException[]
}

/** The rules as they are for one model. */
export interface RulesForModel {
  readonly takes: ReadonlySet<string> | undefined
  change(field: string): Change | undefined
  rewrites(field: RewrittenField): readonly Rewrite[]
}

export function rulesFor(rules: ChatRules, model: string): RulesForModel {
  const special = rules.models?.find(({ names }) => names.some((glob) => matchesGlob(glob, model)))
  return {
    takes: special?.takes ?? rules.takes,
    change: (field) => own(special?.changes, field) ?? own(rules.changes, field),
    rewrites: (field) => [...(rules.rewrites?.[field] ?? []), ...(special?.rewrites?.[field] ?? [])],
  }
}

/** A stranger's field may have the name of something every object has. */
const own = <Value>(record: Readonly<Record<string, Value>> | undefined, key: string): Value | undefined =>
  record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined
