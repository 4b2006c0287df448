import { Link } from '@tanstack/react-router'
import { duration, exactCount } from '../../format/quantity.ts'
import { exactUsd } from '../../format/usd.ts'
import { Badge, type Tone } from '../../parts/badge.tsx'
import { Button } from '../../parts/button.tsx'
import { Facts } from '../request/facts.tsx'
import type { Answer } from './answer.ts'
import { CopyAs } from './copy-as.tsx'
import { TroubleView } from './trouble-view.tsx'
import { isUnderWay, type Asked } from './use-answers.ts'

const states: Readonly<Record<Answer['state'], { readonly text: string; readonly tone: Tone }>> = {
  waiting: { text: 'waiting', tone: 'usual' },
  answering: { text: 'answering', tone: 'usual' },
  complete: { text: 'complete', tone: 'good' },
  stopped: { text: 'stopped', tone: 'warn' },
  broken: { text: 'broke off', tone: 'bad' },
  failed: { text: 'failed', tone: 'bad' },
}

/** What one model has answered, what it took and what it cost. */
export function AnswerView({ asked, stop }: { readonly asked: Asked; readonly stop: () => void }): React.JSX.Element {
  const { question, answer, outcome } = asked
  const { text, tone } = states[answer.state]
  return (
    <section
      aria-label={`Answer of ${question.model}`}
      className="flex min-w-0 flex-col gap-3 rounded-lg border border-line bg-surface p-4"
    >
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h2 className="min-w-0 break-all">{question.model}</h2>
        <span role="status">
          <Badge tone={tone}>{text}</Badge>
        </span>
      </div>
      <Content answer={answer} model={question.model} />
      {answer.trouble === undefined ? null : <TroubleView trouble={answer.trouble} />}
      {answer.state === 'stopped' ? <Stopped answer={answer} outcome={outcome} /> : null}
      <Facts facts={factsOf(answer)} />
      <div className="flex flex-wrap items-center gap-2">
        {isUnderWay(answer) ? (
          <Button kind="danger" onClick={stop}>
            Stop
          </Button>
        ) : null}
        <CopyAs question={question} />
        {answer.requestId === undefined || isUnderWay(answer) || answer.state === 'failed' ? null : (
          <Link
            to="/requests/$id"
            params={{ id: answer.requestId } as never}
            className="px-2 py-1.5 text-accent underline"
          >
            Its record
          </Link>
        )}
      </div>
    </section>
  )
}

const Content = ({ answer, model }: { readonly answer: Answer; readonly model: string }): React.JSX.Element => (
  <>
    {answer.text === '' ? null : <p className="break-words whitespace-pre-wrap">{answer.text}</p>}
    {answer.toolCalls.map(({ name, arguments: given }, at) => (
      <div key={at} className="rounded-md border border-line bg-raised p-3">
        <p className="text-xs font-medium text-quiet">Calls the tool {name}</p>
        <p className="mt-1 font-mono text-xs break-words whitespace-pre-wrap">{given}</p>
      </div>
    ))}
    {answer.images.map((source, at) => (
      <img key={at} src={source} alt={`What ${model} drew, ${at + 1}`} className="max-w-full rounded-md" />
    ))}
    {answer.embedding === undefined ? null : (
      <p className="font-mono text-xs break-words">
        {exactCount(answer.embedding.length)} dimensions: {answer.embedding.slice(0, 8).join(', ')}
        {answer.embedding.length > 8 ? ', …' : ''}
      </p>
    )}
  </>
)

const Stopped = ({ answer, outcome }: { readonly answer: Answer; readonly outcome: string | undefined }) => (
  <p className="text-quiet">
    {answer.requestId === undefined
      ? 'Stopped before anything came. What it used, if it did, is among the requests.'
      : outcome === undefined
        ? 'Stopped. What came until then is charged; its record is being written.'
        : `Stopped, and on record as ${outcome}: what came until then is charged.`}
  </p>
)

const factsOf = ({ firstMs, totalMs, inputTokens, outputTokens, usd, provider, finishReason, state }: Answer) => ({
  'First token': firstMs === undefined ? null : duration(firstMs),
  'In all': totalMs === undefined ? null : duration(totalMs),
  'Input tokens': inputTokens === undefined ? null : exactCount(inputTokens),
  'Output tokens': outputTokens === undefined ? null : exactCount(outputTokens),
  Cost: usd === undefined ? (state === 'complete' ? 'unknown' : null) : exactUsd(usd),
  'Answered by': provider,
  'Ended by': finishReason,
})
