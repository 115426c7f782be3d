type Credentials = { accessKeyId: string };

interface Options {
  service: string;
  region: string | (() => Promise<string>);
  credentials: Credentials | (() => Promise<Credentials>);
}

/**
 * A `signerConstructor` for SDK clients in this process. It names the caller and the service, as the credential scope of a signature
 * does, and computes no signature: with the DynamoDB in memory, nothing in the local AWS checks one, and computing it takes a fifth of a call.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
 */
export class NamingSigner {
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  async sign<Request extends { headers: Record<string, string> }>(request: Request): Promise<Request> {
    const { service, region, credentials } = this.#options;
    const { accessKeyId } = typeof credentials === "function" ? await credentials() : credentials;
    const regionName = typeof region === "function" ? await region() : region;
    const scope = `20260101/${regionName}/${service}/aws4_request`;
    request.headers["authorization"] = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}`;
    return request;
  }
}
