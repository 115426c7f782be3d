import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { connect, type AddressInfo, type Server } from "node:net";

/** A call that reached the server: its signer, Region, service and content. */
interface SeenCall {
  accessKeyId: string;
  region: string;
  service: string;
  action: string;
  parameters: URLSearchParams;
}

const listening = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
};

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
};

const error = (code: string, message: string) =>
  `<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;

const assumed = (action: string) => `<${action}Response><${action}Result><Credentials>
  <AccessKeyId>ASSUMED</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
  <Expiration>2100-01-01T00:00:00Z</Expiration></Credentials></${action}Result></${action}Response>`;

/**
 * Answers the first calls of mfactl, without a stack: STS lets it assume every role, with the code 123456 if the call
 * has one, and CloudFormation has no stack. Keeps the calls and their access keys.
 */
export const startAwsFront = async (certificate?: { cert: string; key: string }) => {
  const calls: SeenCall[] = [];
  let failures = 0;
  const answer = (parameters: URLSearchParams): [status: number, body: string] => {
    const action = parameters.get("Action") ?? "";
    if (failures > 0) {
      failures -= 1;
      return [500, error("InternalFailure", "x")];
    }
    if (action === "DescribeStacks") return [400, error("ValidationError", "Stack does not exist")];
    const code = parameters.get("TokenCode");
    if (code !== null && code !== "123456") {
      return [403, error("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code.")];
    }
    return [200, assumed(action)];
  };
  const listener: RequestListener = (request, response) => {
    void bodyOf(request).then((body) => {
      const parameters = new URLSearchParams(body);
      const scope = /Credential=([^/]+)\/\d+\/([^/]+)\/([^/]+)\//.exec(request.headers.authorization ?? "");
      const [, accessKeyId = "", region = "", service = ""] = scope ?? [];
      calls.push({ accessKeyId, region, service, action: parameters.get("Action") ?? "", parameters });
      const [status, text] = answer(parameters);
      response.writeHead(status, { "content-type": "text/xml" }).end(text);
    });
  };
  const server = certificate === undefined ? createServer(listener) : createTlsServer(certificate, listener);
  const port = await listening(server);
  return {
    calls,
    host: `localhost:${port}`,
    url: `${certificate === undefined ? "http" : "https"}://localhost:${port}`,
    /** Makes the next calls fail as on AWS. */
    fail(times: number): void {
      failures = times;
    },
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};

/** A proxy: http with an absolute address, https with CONNECT. Keeps the requests. */
export const startProxy = async (authorization?: string) => {
  const asked: string[] = [];
  const refused = (request: IncomingMessage) =>
    authorization !== undefined && request.headers["proxy-authorization"] !== authorization;
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    void bodyOf(request).then(async (body) => {
      const { host: _, "proxy-connection": __, connection: ___, ...headers } = request.headers;
      const answer = await fetch(request.url ?? "", {
        method: request.method ?? "GET",
        headers: headers as Record<string, string>,
        body,
      });
      response.writeHead(answer.status, { "content-type": "text/xml" }).end(await answer.text());
    });
  });
  server.on("connect", (request, socket, head) => {
    asked.push(`CONNECT ${request.url}`);
    if (refused(request)) {
      socket.end("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    const { hostname, port } = new URL(`http://${request.url}`);
    const onward = connect(Number(port), hostname, () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    onward.on("error", () => socket.destroy());
    socket.on("error", () => onward.destroy());
  });
  const port = await listening(server);
  return {
    asked,
    host: `127.0.0.1:${port}`,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};
