/** An id for a tool call that the upstream gave none: unique to the request, within the 40 signs that OpenAI allows. */
export const mintCallId = (requestId: string, index: number): string => `call_${requestId.replaceAll('-', '')}${index}`
