import { useState } from 'react'
import { Select } from '../parts/select.tsx'
import { chooseTheme, chosenTheme, themes } from './theme.ts'

const names = { system: 'As the system', light: 'Light', dark: 'Dark' } as const

export function ThemeSwitch(): React.JSX.Element {
  const [theme, setTheme] = useState(chosenTheme)
  return (
    <Select
      label="Theme"
      value={theme}
      options={themes.map((each) => ({ value: each, text: names[each] }))}
      onChange={(value) => {
        const chosen = themes.find((each) => each === value) ?? 'system'
        chooseTheme(chosen)
        setTheme(chosen)
      }}
    />
  )
}
