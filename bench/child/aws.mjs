// Accepts any message, and reports every user as recently seen with MFA. Prints its port.
import { createServer } from "node:http";

const server = createServer((request, response) => {
  request.resume().on("end", () => {
    const item = { item: { S: "seen" }, checkedAt: { S: new Date().toISOString() } };
    response.setHeader("content-type", "application/x-amz-json-1.0");
    response.end(JSON.stringify({ MessageId: "1", Items: [item] }));
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
