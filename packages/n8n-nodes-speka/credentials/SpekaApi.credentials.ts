import type { IAuthenticateGeneric, Icon, ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow'

/** Where a gateway is, and the key that pays. */
export class SpekaApi implements ICredentialType {
  name = 'spekaApi'

  displayName = 'Speka API'

  icon: Icon = { light: 'file:../icons/speka.svg', dark: 'file:../icons/speka.dark.svg' }

  documentationUrl = 'https://github.com/speka-ai/speka/tree/main/packages/n8n-nodes-speka#credential'

  properties: INodeProperties[] = [
    {
      displayName: 'API Key',
      name: 'apiKey',
      type: 'string',
      typeOptions: { password: true },
      required: true,
      default: '',
      placeholder: 'e.g. sk-speka-live-…',
      description: 'A key of the gateway. <code>speka keys create --name n8n</code> makes one.',
    },
    {
      displayName: 'Base URL',
      name: 'baseUrl',
      type: 'string',
      default: 'https://speka.me/v1',
      placeholder: 'e.g. http://127.0.0.1:7735/v1',
      description: 'Where the gateway is, up to and including <code>/v1</code>',
    },
  ]

  authenticate: IAuthenticateGeneric = {
    type: 'generic',
    properties: { headers: { Authorization: '=Bearer {{ $credentials.apiKey.trim() }}' } },
  }

  test: ICredentialTestRequest = {
    request: {
      // The same repairs as in nodes/shared/base-url.ts, which an expression cannot call.
      baseURL: '={{ $credentials.baseUrl.trim().replace(/\\/+$/, "").replace(/^(https?:\\/\\/[^\\/]+)$/, "$1/v1") }}',
      url: '/models',
    },
  }
}
