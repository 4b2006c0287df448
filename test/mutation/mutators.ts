import type { AnyNode, BinaryOperator, Literal, LogicalOperator, Property, SpreadElement } from 'acorn'

/** A stretch of the source, and what stands there instead. */
export interface Edit {
  readonly start: number
  readonly end: number
  readonly to: string
}

type Mutator<Type extends AnyNode['type']> = (node: Extract<AnyNode, { type: Type }>, source: string) => Edit[]

const whole = ({ start, end }: AnyNode, to: string): Edit => ({ start, end, to })

/** The operator stands between its two sides, with nothing but space and brackets around it. */
function operator(left: AnyNode, right: AnyNode, from: string, to: string, source: string): Edit[] {
  const at = source.indexOf(from, left.end)
  return at === -1 || at >= right.start ? [] : [{ start: at, end: at + from.length, to }]
}

const otherBinary: Partial<Record<BinaryOperator, readonly string[]>> = {
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  '%': ['*'],
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '===': ['!=='],
  '!==': ['==='],
  '&': ['|'],
  '|': ['&'],
  '<<': ['>>'],
  '>>': ['<<'],
}

const otherLogical: Record<LogicalOperator, string> = { '&&': '||', '||': '&&', '??': '&&' }

/** Methods that are easily taken for each other. */
const otherMethod: Readonly<Record<string, string>> = {
  strictObject: 'object',
  every: 'some',
  some: 'every',
  min: 'max',
  max: 'min',
  startsWith: 'endsWith',
  endsWith: 'startsWith',
  indexOf: 'lastIndexOf',
  lastIndexOf: 'indexOf',
  toLowerCase: 'toUpperCase',
  floor: 'ceil',
  ceil: 'floor',
}

/** Methods that leave something out, or put something in order: here they do not. */
const withoutMethod = new Set(['filter', 'slice', 'trim', 'toSorted', 'toReversed', 'optional'])

/** What is true or false: a comparison, a negation, or several of them. */
function isCondition(node: AnyNode): boolean {
  if (node.type === 'LogicalExpression') return node.operator !== '??' && isCondition(node.right)
  if (node.type === 'UnaryExpression') return node.operator === '!'
  return node.type === 'BinaryExpression' && /^(?:[<>]=?|[!=]==?|in|instanceof)$/.test(node.operator)
}

const bothWays = (node: AnyNode): Edit[] => [whole(node, 'true'), whole(node, 'false')]

/** Sentences are for people: whether a test minds their words is its own affair. */
const isSentence = (text: string): boolean => /\s/.test(text.trim())

function literal(node: Literal): Edit[] {
  const { value, bigint, raw = '' } = node
  if (typeof bigint === 'string') return [whole(node, `${BigInt(bigint) + 1n}n`)]
  if (typeof value === 'number') return [whole(node, `(${raw} + 1)`)]
  if (typeof value === 'boolean') return [whole(node, String(!value))]
  if (typeof value === 'string' && value !== '' && !isSentence(value)) return [whole(node, "''")]
  return []
}

/** Each item with the comma behind it; the last with the comma before it. */
function without(items: readonly (AnyNode | null)[], source: string): Edit[] {
  if (items.length < 2) return []
  return items.flatMap((item, index): Edit[] => {
    if (item === null) return []
    const next = items[index + 1]
    if (next != null) return [{ start: item.start, end: next.start, to: '' }]
    const before = items[index - 1]
    return before == null ? [] : [{ start: source.indexOf(',', before.end), end: item.end, to: '' }]
  })
}

/** Where a row has its fact from is for people, too: an address, or several words. */
export const isNote = (node: AnyNode): boolean =>
  node.type === 'Property' &&
  node.key.type === 'Identifier' &&
  node.key.name === 'source' &&
  /https?:|\s/.test(textOf(node.value))

const textOf = (node: AnyNode): string => (node.type === 'Literal' ? String(node.value) : '')

const isRow = (node: Property | SpreadElement): boolean =>
  (node.type !== 'Property' || node.kind === 'init') && !isNote(node)

/** What may be wrong with a program, by the kind of its parts: each way that a person may have written it wrongly. */
export const mutators: { readonly [Type in AnyNode['type']]?: Mutator<Type> } = {
  BinaryExpression: ({ operator: from, left, right }, source) =>
    (otherBinary[from] ?? []).flatMap((to) => operator(left, right, from, to, source)),
  LogicalExpression: ({ operator: from, left, right }, source) =>
    operator(left, right, from, otherLogical[from], source),
  AssignmentExpression: ({ operator: from, left, right }, source) => {
    const to = { '+=': '-=', '-=': '+=', '??=': '=', '||=': '&&=', '&&=': '||=' }[from as string]
    return to === undefined ? [] : operator(left, right, from, to, source)
  },
  UnaryExpression: (node) =>
    node.operator === '!' || node.operator === '-' ? [{ start: node.start, end: node.argument.start, to: '' }] : [],
  UpdateExpression: (node, source) => [
    whole(node, source.slice(node.start, node.end).replace(node.operator, node.operator === '++' ? '--' : '++')),
  ],
  ConditionalExpression: ({ test }) => bothWays(test),
  IfStatement: ({ test }) => bothWays(test),
  WhileStatement: ({ test }) => (test.type === 'Literal' ? [] : [whole(test, 'false')]),
  ForStatement: ({ test }) => (test == null ? [] : [whole(test, 'false')]),
  ReturnStatement: ({ argument }) => (argument != null && isCondition(argument) ? bothWays(argument) : []),
  ArrowFunctionExpression: ({ body }) => (isCondition(body) ? bothWays(body) : []),
  Literal: literal,
  ObjectExpression: ({ properties }, source) => without(properties.filter(isRow), source),
  ArrayExpression: ({ elements }, source) => without(elements, source),
  CallExpression: ({ callee, start, end }) => {
    if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return []
    const { name } = callee.property
    if (withoutMethod.has(name)) return [{ start: callee.object.end, end, to: '' }].filter((edit) => edit.start > start)
    const to = Object.hasOwn(otherMethod, name) ? otherMethod[name] : undefined
    return to === undefined ? [] : [whole(callee.property, to)]
  },
  ExpressionStatement: (node) => (node.directive === undefined ? [whole(node, ';')] : []),
  ThrowStatement: (node) => [whole(node, ';')],
  ContinueStatement: (node) => [whole(node, ';')],
  BreakStatement: (node) => [whole(node, ';')],
}
