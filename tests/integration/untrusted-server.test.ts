import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { once } from "node:events";
import { createServer, request, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { triggerClient } from "../../shared/light-aws/trigger-client.ts";
import { systemClock } from "../../shared/runtime/clock.ts";
import { selfSignedCertificate } from "../support/self-signed-certificate.ts";

const { cert, key } = selfSignedCertificate();

let server: Server;
let endpoint: string;
/** The decrypted data that the server received. */
let read: string;
let connections: number;

beforeEach(async () => {
  read = "";
  connections = 0;
  server = createServer({ cert, key }, (_, response) => response.end("{}"));
  server.on("connection", () => (connections += 1));
  server.on("secureConnection", (socket) => socket.on("data", (data) => (read += String(data))));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  endpoint = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

describe("the light client, with a server without a trusted certificate", () => {
  it("refuses it with a code for the reason, and sends nothing of the request", async () => {
    const environment = {
      AWS_REGION: "eu-west-1",
      AWS_ACCESS_KEY_ID: "a",
      AWS_SECRET_ACCESS_KEY: "b",
      AWS_ENDPOINT_URL: endpoint,
    };
    const call = triggerClient("sqs", 2, { environment, clock: systemClock });
    await expect(call("SendMessage", { QueueUrl: "q", MessageBody: "hanako" })).rejects.toMatchObject({
      code: "DEPTH_ZERO_SELF_SIGNED_CERT",
      message: expect.stringContaining("self-signed certificate"),
    });
    expect([connections, read]).toEqual([2, ""]);
  });

  it("would get an answer from it with a trusted certificate", async () => {
    const outgoing = request(endpoint, { method: "POST", ca: cert }).end("hanako");
    const [{ statusCode }] = (await once(outgoing, "response")) as [{ statusCode: number }];
    expect(statusCode).toBe(200);
    expect(read).toContain("hanako");
  });
});
