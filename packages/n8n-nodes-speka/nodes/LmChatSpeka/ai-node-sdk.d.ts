// The real package brings all of LangChain with it, and is there in n8n only. These are the parts in use, as of 0.31; the suite in
// real n8n shows when they change.
declare module '@n8n/ai-node-sdk' {
  import type { ISupplyDataFunctions, SupplyData } from 'n8n-workflow'

  interface OpenAIModelOptions {
    type: 'openai'
    baseUrl: string
    apiKey: string
    model: string
    defaultHeaders?: Record<string, string>
    timeout?: number
    maxRetries?: number
    maxTokens?: number
    additionalParams?: Record<string, unknown>
  }

  export function supplyModel(context: ISupplyDataFunctions, model: OpenAIModelOptions): SupplyData
}
