import { useState } from 'react'
import { Button } from '../../parts/button.tsx'
import { CodeBlock } from '../../parts/code-block.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Select } from '../../parts/select.tsx'
import { useBaseUrl } from '../../session.ts'
import { languages } from './code-of.ts'
import type { Question } from './use-answers.ts'

/** The same request as a program makes it, ready to be pasted. */
export function CopyAs({ question }: { readonly question: Question }): React.JSX.Element {
  const [open, setOpen] = useState(false)
  const [name, setName] = useState('curl')
  const baseUrl = useBaseUrl()
  const { kind, model, body } = question
  const codes = Object.entries(languages).flatMap(([language, codeOf]) => {
    const code = codeOf({ kind, body: { model, ...body }, baseUrl })
    return code === undefined ? [] : [{ language, code }]
  })
  const chosen = codes.find(({ language }) => language === name) ?? codes[0]
  return (
    <>
      <Button onClick={() => setOpen(true)}>Copy as…</Button>
      <Dialog title={`The request to ${model}`} open={open} onOpenChange={setOpen}>
        <div className="flex flex-col gap-3">
          <Select
            label="Use it from"
            value={chosen?.language ?? ''}
            options={codes.map(({ language }) => ({ value: language, text: language }))}
            onChange={setName}
          />
          {chosen === undefined ? null : <CodeBlock label={chosen.language} code={chosen.code} />}
          <p className="text-xs text-quiet">
            The key is not in it: a program reads one of its own from the environment, as SPEKA_API_KEY.
          </p>
        </div>
      </Dialog>
    </>
  )
}
