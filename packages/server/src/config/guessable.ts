/** How many characters have to be chosen, and how many different ones, so that nobody guesses a token. */
const FEWEST_CHOSEN = 10
const FEWEST_DIFFERENT = 6

/** Whether a token is too much like `aaaaaaaa`, `12345678` or `passwordpassword` to be secret, however long it is. */
export function isGuessable(token: string): boolean {
  const unit = /^(.+?)\1+$/s.exec(token)?.[1] ?? token
  // A character that repeats the one before, or comes right after or before it in the alphabet, was not chosen.
  const chosen = [...unit].filter((character, index) => {
    const step = index === 0 ? 2 : character.charCodeAt(0) - unit.charCodeAt(index - 1)
    return Math.abs(step) > 1
  })
  return chosen.length < FEWEST_CHOSEN || new Set(chosen).size < FEWEST_DIFFERENT
}
