import { Tabs } from '@base-ui/react/tabs'
import { useQuery } from '@tanstack/react-query'
import { useState, type SubmitEvent } from 'react'
import { useAccount } from '../account-filter.ts'
import { answerOf, api } from '../api/client.ts'
import { Button } from '../parts/button.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { TextArea } from '../parts/text-area.tsx'
import { TextField } from '../parts/text-field.tsx'
import { AnswerView } from './playground/answer-view.tsx'
import { AskAs } from './playground/ask-as.tsx'
import { ModelColumns } from './playground/model-columns.tsx'
import { chosen, kinds, requestOf, type Faults, type Kind, type Prompt } from './playground/playground-form.ts'
import { useAnswers } from './playground/use-answers.ts'
import { useAskKeys } from './playground/use-ask-keys.ts'
import { useSettings } from './playground/use-settings.ts'

const tabs: Readonly<Record<Kind, { readonly title: string; readonly prompt: string }>> = {
  chat: { title: 'Chat', prompt: 'User message' },
  images: { title: 'Image', prompt: 'What to draw' },
  embeddings: { title: 'Embedding', prompt: 'Text' },
}

const columnsOf: Readonly<Record<number, string>> = {
  1: '',
  2: 'lg:grid-cols-2',
  3: 'lg:grid-cols-3',
  4: 'lg:grid-cols-2 2xl:grid-cols-4',
}

/** One prompt for several models at once: what each answers, how fast, and what it costs. */
export function Playground(): React.JSX.Element {
  const [settings, change] = useSettings()
  const { kind } = settings
  const [prompt, setPrompt] = useState<Prompt>({ system: '', user: '', tools: '' })
  const [faults, setFaults] = useState<Faults>({})
  const { account } = useAccount()
  const { data } = useQuery({
    queryKey: ['playground', account],
    queryFn: () => answerOf(api.GET('/api/v1/playground', { params: { query: { account } } })),
  })
  const { asked, isBusy, ask, stop, stopAll, clear } = useAnswers()
  const callable = (data?.models ?? []).filter(({ endpoints }) => endpoints.includes(kind))
  const type = (typed: Partial<Prompt>): void => setPrompt((before) => ({ ...before, ...typed }))
  const models = chosen(settings)
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    const made = requestOf(settings, prompt)
    if ('faults' in made) return setFaults(made.faults)
    setFaults({})
    const as = { key_id: settings.key, account: settings.key === '' ? account : undefined }
    ask(models.map((model) => ({ kind, model, body: made.body, as })))
  }
  return (
    <>
      <PageHeader
        title="Playground"
        about="One prompt for several models at once. Each answer is a request like any other: within the limits of its key, on record, and charged."
      />
      <div className="grid items-start gap-6 xl:grid-cols-[22rem_1fr]">
        <form
          onSubmit={submit}
          ref={useAskKeys()}
          className="flex min-w-0 flex-col gap-4 rounded-lg border border-line bg-surface p-4"
        >
          <Tabs.Root
            value={kind}
            onValueChange={(tab: Kind) => {
              clear()
              change({ kind: tab })
            }}
          >
            <Tabs.List aria-label="What to ask for" className="flex gap-1 rounded-md bg-raised p-1">
              {kinds.map((each) => (
                <Tabs.Tab
                  key={each}
                  value={each}
                  className="flex-1 rounded px-2 py-1 font-medium text-quiet data-active:bg-surface data-active:text-ink"
                >
                  {tabs[each].title}
                </Tabs.Tab>
              ))}
            </Tabs.List>
            {kinds.map((each) => (
              <Tabs.Panel key={each} value={each} className="mt-4 flex flex-col gap-4 outline-offset-4">
                <ModelColumns
                  models={settings.models}
                  known={callable.map(({ id }) => id)}
                  onChange={(next) => change({ models: next })}
                />
                {each === 'chat' ? (
                  <TextArea
                    label="System message"
                    rows={2}
                    value={prompt.system}
                    onChange={(system) => type({ system })}
                  />
                ) : null}
                <TextArea
                  label={tabs[each].prompt}
                  rows={5}
                  value={prompt.user}
                  error={faults.user}
                  onChange={(user) => type({ user })}
                />
                {each === 'chat' ? (
                  <>
                    <div className="grid grid-cols-2 gap-3">
                      <TextField
                        label="Temperature"
                        inputMode="decimal"
                        value={settings.temperature}
                        error={faults.temperature}
                        onChange={(temperature) => change({ temperature })}
                      />
                      <TextField
                        label="Most output tokens"
                        inputMode="numeric"
                        value={settings.maxTokens}
                        error={faults.maxTokens}
                        onChange={(maxTokens) => change({ maxTokens })}
                      />
                    </div>
                    <label className="flex items-center gap-2">
                      <input
                        type="checkbox"
                        checked={settings.json}
                        onChange={({ target }) => change({ json: target.checked })}
                      />
                      Answer in JSON
                    </label>
                    <TextArea
                      label="Tools, as JSON"
                      code
                      value={prompt.tools}
                      error={faults.tools}
                      placeholder='{"type": "function", "function": {"name": "weather"}}'
                      onChange={(tools) => type({ tools })}
                    />
                  </>
                ) : null}
              </Tabs.Panel>
            ))}
          </Tabs.Root>
          <AskAs
            keys={data?.keys ?? []}
            value={settings.key}
            usual="Playground, my own"
            onChange={(key) => change({ key })}
          />
          <div className="stays-in-view sticky bottom-0 -mx-4 flex flex-wrap items-center gap-2 border-y border-line bg-surface px-4 py-3">
            <Button type="submit" kind="primary" disabled={models.length === 0 || isBusy}>
              {models.length > 1 ? `Ask ${models.length} models` : 'Ask'}
            </Button>
            {isBusy ? (
              <Button kind="danger" onClick={stopAll}>
                Stop all
              </Button>
            ) : null}
            <span className="text-xs text-quiet">or Ctrl + Enter</span>
          </div>
          <p className="text-xs text-quiet">
            Models and settings are in the address, to be sent to a colleague. What you type stays in this page, and is
            gone with it: no prompt is stored.
          </p>
        </form>
        <div aria-live="off" className={`grid min-w-0 items-start gap-4 ${columnsOf[asked.length] ?? ''}`}>
          {asked.length === 0 ? (
            <EmptyState title="Nothing has been asked yet">
              Choose a model, say something, and ask. speka/sandbox answers without any provider.
            </EmptyState>
          ) : (
            asked.map((one, at) => <AnswerView key={at} asked={one} stop={() => stop(at)} />)
          )}
        </div>
      </div>
    </>
  )
}
