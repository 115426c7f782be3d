import { HungUp } from "./server.ts";
import type { WireRequest, WireResponse } from "./service.ts";

/** The parts of an SDK client's request that are used here. https://smithy.io/2.0/ */
interface HttpRequest {
  method: string;
  path: string;
  query?: Record<string, string | string[] | null>;
  headers: Record<string, string>;
  body?: unknown;
}

interface HttpResponse {
  statusCode: number;
  headers: Record<string, string>;
  body: Uint8Array;
}

/** A `requestHandler` for SDK clients that calls `answer` without a socket. HungUp becomes a connection error. */
export const inProcessHandler = (answer: (request: WireRequest) => Promise<WireResponse>) => ({
  metadata: { handlerProtocol: "http/1.1" },
  async handle(request: HttpRequest): Promise<{ response: HttpResponse }> {
    try {
      const { status, headers, body, encoding } = await answer(toWire(request));
      return { response: { statusCode: status, headers, body: new Uint8Array(Buffer.from(body, encoding)) } };
    } catch (error) {
      throw asConnectionError(error);
    }
  },
  updateHttpClientConfig: (): void => undefined,
  httpHandlerConfigs: () => ({}),
});

/** The same for a client that sends its requests through a function. */
export const inProcessSend =
  (answer: (request: WireRequest) => Promise<WireResponse>) =>
  async ({ method, url, headers, body }: Omit<WireRequest, "path"> & { url: URL }): Promise<WireResponse> => {
    try {
      return await answer({ method, path: url.pathname + url.search, headers, body });
    } catch (error) {
      throw asConnectionError(error);
    }
  };

const asConnectionError = (error: unknown): unknown =>
  error instanceof HungUp
    ? Object.assign(new Error("socket hang up"), { name: "TimeoutError", code: "ECONNRESET" })
    : error;

const toWire = (request: HttpRequest): WireRequest => {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(request.query ?? {}))
    for (const one of [value].flat()) query.append(name, one ?? "");
  return {
    method: request.method,
    path: query.size === 0 ? request.path : `${request.path}?${query.toString()}`,
    headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value])),
    body: readBody(request.body),
  };
};

const readBody = (body: unknown): string => {
  if (body === undefined || body === null) return "";
  if (typeof body === "string") return body;
  if (body instanceof Uint8Array) return new TextDecoder().decode(body);
  throw new Error("The local stack does not take streamed request bodies.");
};
