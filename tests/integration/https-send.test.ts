import { afterEach, describe, expect, it } from "@jest/globals";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { httpsSend } from "../../shared/light-aws/https-send.ts";

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

const serve = async (answer: (request: IncomingMessage, response: ServerResponse, body: string) => void) => {
  const sockets = new Set<unknown>();
  server = createServer((request, response) => {
    let body = "";
    sockets.add(request.socket);
    request.on("data", (chunk) => (body += String(chunk)));
    request.on("end", () => answer(request, response, body));
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { sockets, url: new URL(`http://127.0.0.1:${port}/`) };
};
const limits = { connectionTimeout: 200, requestTimeout: 200 };
const post = (url: URL) => ({ method: "POST" as const, url, headers: { "x-a": "b" }, body: "花子" });

describe("httpsSend", () => {
  it("sends the request unchanged, and returns status, headers and body", async () => {
    const { url } = await serve((request, response, body) => {
      response
        .writeHead(418, { "x-amzn-requestid": "r1" })
        .end(`${request.method} ${String(request.headers["x-a"])} ${body}`);
    });
    expect(await httpsSend(limits)(post(url))).toMatchObject({
      status: 418,
      headers: { "x-amzn-requestid": "r1" },
      body: "POST b 花子",
    });
  });

  it("keeps its connection for the next request", async () => {
    const { url, sockets } = await serve((_, response) => response.end());
    const send = httpsSend(limits);
    for (let count = 0; count < 3; count += 1) await send(post(url));
    expect(sockets.size).toBe(1);
  });

  it("replaces a kept connection that breaks before it brings an answer", async () => {
    let requests = 0;
    const { url, sockets } = await serve((request, response) => {
      requests += 1;
      if (requests === 2) request.socket.destroy();
      else response.end();
    });
    const send = httpsSend(limits);
    await send(post(url));
    expect(await send(post(url))).toMatchObject({ status: 200 });
    expect([requests, sockets.size]).toEqual([3, 2]);
  });

  it("throws when a new connection breaks before it brings an answer", async () => {
    const { url } = await serve((request) => request.socket.destroy());
    await expect(httpsSend(limits)(post(url))).rejects.toMatchObject({ code: "ECONNRESET" });
  });

  it("throws a TimeoutError when the answer does not begin in time", async () => {
    const { url } = await serve(() => undefined);
    await expect(httpsSend(limits)(post(url))).rejects.toMatchObject({
      name: "TimeoutError",
      message: "No answer in 200 ms.",
    });
  });

  it("throws when the answer begins in time and does not end in time", async () => {
    const { url } = await serve((_, response) => void response.write("begun"));
    await expect(httpsSend(limits)(post(url))).rejects.toThrow();
  });

  it("throws when the port is closed", async () => {
    const { url } = await serve(() => undefined);
    server?.close();
    await expect(httpsSend(limits)(post(url))).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  it("speaks TLS to an https URL, and never anything else", async () => {
    const { url } = await serve((_, response) => response.end());
    url.protocol = "https:";
    await expect(httpsSend(limits)(post(url))).rejects.toMatchObject({ code: expect.stringMatching(/EPROTO|SSL/) });
  });
});
