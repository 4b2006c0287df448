import type { IAuthenticateGeneric, Icon, ICredentialType, INodeProperties } from 'n8n-workflow'

/** Where a gateway is, and the key that pays. The nodes test it: nodes/shared/credential-test.ts. */
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
      required: true,
      default: '',
      placeholder: 'e.g. http://127.0.0.1:7735/v1',
      description: 'Where the gateway is, up to and including <code>/v1</code>',
      hint: 'When n8n runs in a container, 127.0.0.1 is that container. A gateway on the machine around it is at http://host.docker.internal:7735/v1, one in the same compose file at http://speka:7735/v1.',
    },
  ]

  authenticate: IAuthenticateGeneric = {
    type: 'generic',
    properties: { headers: { Authorization: '=Bearer {{ $credentials.apiKey.trim() }}' } },
  }
}
