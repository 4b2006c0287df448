/** As much of the optional peer as is used, so that types hold whether it is installed or not. */
declare module 'aws4fetch' {
  export class AwsV4Signer {
    constructor(asked: {
      readonly method: string
      readonly url: string
      readonly body: Uint8Array | undefined
      readonly accessKeyId: string
      readonly secretAccessKey: string
      readonly sessionToken?: string
      readonly service: string
      readonly region: string
      readonly datetime: string
      /** Signing keys, which are good for a day. */
      readonly cache: Map<string, ArrayBuffer>
    })
    sign(): Promise<{ readonly headers: Headers }>
  }
}
