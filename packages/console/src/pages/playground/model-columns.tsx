import { Button } from '../../parts/button.tsx'
import { TextField } from '../../parts/text-field.tsx'
import { MOST_MODELS } from './playground-form.ts'

interface ModelColumnsProps {
  readonly models: readonly string[]
  /** What there is to choose from. Others may be typed. */
  readonly known: readonly string[]
  readonly onChange: (models: readonly string[]) => void
}

/** Which models stand side by side. */
export const ModelColumns = ({ models, known, onChange }: ModelColumnsProps): React.JSX.Element => (
  <fieldset className="flex flex-col gap-3">
    <legend className="sr-only">Models</legend>
    <datalist id="playground-models">
      {known.map((id) => (
        <option key={id} value={id} />
      ))}
    </datalist>
    {models.map((model, at) => (
      <div key={at} className="flex items-end gap-2">
        <div className="min-w-0 flex-1">
          <TextField
            label={`Model ${at + 1}`}
            list="playground-models"
            value={model}
            onChange={(id) => onChange(models.map((one, index) => (index === at ? id.replaceAll(/\s/g, '') : one)))}
          />
        </div>
        {models.length === 1 ? null : (
          <Button
            aria-label={`Remove model ${at + 1}`}
            onClick={() => onChange(models.filter((_, index) => index !== at))}
          >
            Remove
          </Button>
        )}
      </div>
    ))}
    {models.length >= MOST_MODELS ? null : (
      <div>
        <Button onClick={() => onChange([...models, ''])}>Add a model</Button>
      </div>
    )}
  </fieldset>
)
