/** How a line begins by which a watched process tells that an answer deviated. */
export const DEVIATES = 'Not as OpenAI describes it: '
