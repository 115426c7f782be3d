import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { FaultPlan } from "./faults.ts";
import { type Answered, AwsError, type Call, type Service, type WireRequest, type WireResponse } from "./service.ts";
import { isFromAwsClient, refuseUnsupported, signedFor } from "./unsupported.ts";

/** The connection broke. The caller cannot know whether its call took effect. */
export class HungUp extends Error {}

/** Answers the AWS API calls of all services. */
export class Endpoint {
  /** Replace it to make calls fail. */
  faults: FaultPlan = () => undefined;
  readonly #services: Service[];
  readonly #observe: (call: Call, answer: Answered) => void;

  constructor(services: Service[], observe: (call: Call, answer: Answered) => void = () => undefined) {
    this.#services = services;
    this.#observe = observe;
  }

  /** Throws HungUp when a fault breaks the connection. */
  async answer(request: WireRequest): Promise<WireResponse> {
    const meant = signedFor(request);
    for (const service of this.#services) {
      // Services can have the same paths: DataBrew has /schedules too.
      if (meant !== undefined && meant !== service.signingName) continue;
      try {
        const routed = service.route(request);
        if (routed === undefined) continue;
        const call = { service: service.name, caller: callerOf(request), ...routed };
        try {
          const response = await this.#perform(service, call, request);
          this.#observe(call, { status: response.status, error: response.headers["x-amzn-errortype"] });
          return response;
        } catch (error) {
          if (error instanceof HungUp) this.#observe(call, { status: "hung up" });
          throw error;
        }
      } catch (error) {
        if (error instanceof AwsError) return service.refuse(error);
        throw error;
      }
    }
    if (isFromAwsClient(request)) return refuseUnsupported(request, this.#services);
    const message = `There is no ${request.method} ${request.path}. Try GET / or GET /_local/services.`;
    return { status: 404, headers: { "content-type": "application/json" }, body: JSON.stringify({ message }) };
  }

  /** Returns the known operations of each service. */
  operations(): Record<string, readonly string[]> {
    return Object.fromEntries(
      this.#services.map(({ name, operations }) => [name.toLowerCase(), operations.toSorted()]),
    );
  }

  async #perform(service: Service, call: Call, request: WireRequest): Promise<WireResponse> {
    const fault = this.faults(call);
    if (fault?.kind === "throttle") {
      const { code, message, status } = service.throttling;
      return service.refuse(new AwsError(code, message, status));
    }
    if (fault?.kind === "refuse") return service.refuse(new AwsError(fault.code, fault.message));
    if (fault?.kind === "server-error") {
      return service.refuse(new AwsError("InternalServerError", "An internal error occurred.", 500));
    }
    if (fault?.kind === "hang-up" && fault.effect === "before") throw new HungUp();
    if (fault?.kind === "no-effect")
      return { status: 200, headers: { "content-type": "application/json" }, body: "{}" };
    const response = await this.#performOrRefuse(service, call, request);
    if (fault?.kind === "hang-up") throw new HungUp();
    return response;
  }

  async #performOrRefuse(service: Service, call: Call, request: WireRequest): Promise<WireResponse> {
    try {
      return await service.perform(call, request);
    } catch (error) {
      if (error instanceof AwsError) return service.refuse(error);
      throw error;
    }
  }
}

/** Returns the access key id that signed the request. Cognito's user operations are not signed. */
const callerOf = (request: WireRequest): string =>
  /Credential=([^/]+)\//.exec(request.headers["authorization"] ?? "")?.[1] ?? "unsigned";

/**
 * Serves `answer` on 127.0.0.1. `port` 0 means a free port. Rejects with the error of `listen` when the port is in use.
 */
export const serve = async (
  answer: (request: WireRequest) => Promise<WireResponse>,
  port: number,
): Promise<{ server: Server; url: string }> => {
  const server = createServer((incoming, outgoing) => {
    readRequest(incoming)
      .then(answer)
      .then(
        (response) =>
          outgoing.writeHead(response.status, response.headers).end(response.body, response.encoding ?? "utf8"),
        (error: unknown) => {
          if (error instanceof HungUp) incoming.socket.destroy();
          else {
            const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
            outgoing.writeHead(500, { "content-type": "application/json" }).end(JSON.stringify({ message }));
          }
        },
      );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", resolve);
  });
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
};

const readRequest = async (incoming: IncomingMessage): Promise<WireRequest> => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]);
  return {
    method: incoming.method ?? "GET",
    path: incoming.url ?? "/",
    headers: Object.fromEntries(headers) as Record<string, string>,
    body: Buffer.concat(chunks).toString("utf8"),
  };
};
