import type { ClientRequest, IncomingMessage } from "node:http";
import https from "node:https";
import type { HttpRequest, HttpResponse, Send } from "../runtime/http.ts";

/** The connection or the answer took too long. */
class TimeoutError extends Error {
  override name = "TimeoutError";
}

/** A connection that was kept for reuse broke before it brought an answer. */
class StaleConnection extends Error {}

export interface TimeLimits {
  /** Milliseconds to make the connection. */
  connectionTimeout: number;
  /** Milliseconds until the answer is complete. */
  requestTimeout: number;
}

/**
 * Sends over `node:https`, and keeps connections for the next request. Replaces a kept connection at once if the other
 * side has closed it, as happens while a Lambda environment is frozen:
 * https://nodejs.org/api/http.html#requestreusedsocket
 */
export const httpsSend = (limits: TimeLimits): Send => {
  const exchange = exchangeOver(limits);
  return async (request) => {
    try {
      return await exchange(request);
    } catch (error) {
      if (error instanceof StaleConnection) return exchange(request);
      throw error;
    }
  };
};

const exchangeOver = (limits: TimeLimits) => {
  const secure = new https.Agent({ keepAlive: true });
  let plain: ReturnType<typeof plainHttp> | undefined;
  const open = ({ method, url, headers }: HttpRequest): ClientRequest => {
    if (url.protocol === "https:") return https.request(url, { method, headers, agent: secure });
    plain ??= plainHttp();
    return plain.request(url, { method, headers, agent: plain.agent });
  };
  return (request: HttpRequest): Promise<HttpResponse> =>
    new Promise((resolve, reject) => {
      const outgoing = open(request);
      const giveUp = (what: string, after: number) =>
        setTimeout(() => outgoing.destroy(new TimeoutError(`${what} in ${after} ms.`)), after);
      const connecting = giveUp("No connection", limits.connectionTimeout);
      const waiting = giveUp("No answer", limits.requestTimeout);
      outgoing.on("socket", (socket) => {
        if (socket.connecting) socket.once("connect", () => clearTimeout(connecting));
        else clearTimeout(connecting);
      });
      const end = () => {
        clearTimeout(connecting);
        clearTimeout(waiting);
      };
      outgoing.on("error", (error: NodeJS.ErrnoException) => {
        end();
        const stale = outgoing.reusedSocket && (error.code === "ECONNRESET" || error.code === "EPIPE");
        reject(stale ? new StaleConnection() : error);
      });
      outgoing.on("response", (incoming) => {
        readBody(incoming).then(resolve, reject).finally(end);
      });
      outgoing.end(request.body);
    });
};

const readBody = async (incoming: IncomingMessage): Promise<HttpResponse> => {
  let body = "";
  incoming.setEncoding("utf8");
  for await (const chunk of incoming) body += String(chunk);
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, value?.toString()] as const);
  return { status: incoming.statusCode ?? 0, headers: Object.fromEntries(headers), body };
};

/** Only a local endpoint needs `node:http`. An `import` of it would read all its exports, and with them load undici. */
const plainHttp = () => {
  const { request, Agent } = process.getBuiltinModule("node:http");
  return { request, agent: new Agent({ keepAlive: true }) };
};
