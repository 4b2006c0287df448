/** How the console looks: as the system does, unless somebody has chosen otherwise in this browser. */
export const themes = ['system', 'light', 'dark'] as const

export type Theme = (typeof themes)[number]

const STORED = 'speka-theme'

export function chosenTheme(): Theme {
  const stored = localStorage.getItem(STORED)
  return themes.find((theme) => theme === stored) ?? 'system'
}

export function chooseTheme(theme: Theme): void {
  localStorage.setItem(STORED, theme)
  applyTheme(theme)
}

export function applyTheme(theme: Theme): void {
  const { dataset } = document.documentElement
  if (theme === 'system') delete dataset['theme']
  else dataset['theme'] = theme
  // Charts are drawn on a canvas, which style sheets do not reach.
  globalThis.dispatchEvent(new Event('speka-theme'))
}
