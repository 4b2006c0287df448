import type { ISupplyDataFunctions, SupplyData } from 'n8n-workflow'
import { FakeChatOpenAI } from './chat-openai.fake.ts'

/** What n8n's own `supplyModel` makes of the options of a model, as far as the node relies on it. */
export function supplyModel(_context: ISupplyDataFunctions, options: Record<string, unknown>): SupplyData {
  return { response: new FakeChatOpenAI(options) }
}
