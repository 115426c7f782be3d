import { Agent, type AgentConnectOpts } from "agent-base";
import { HttpProxyAgent } from "http-proxy-agent";
import { HttpsProxyAgent } from "https-proxy-agent";
import { Agent as HttpAgent, type ClientRequest } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { Failure } from "../exit/failure.ts";
import type { Environment } from "./profile.ts";

/** Reads the lower-case variable first, like the AWS CLI: if it is set but empty, the upper-case one is ignored. */
const variable = (environment: Environment, name: string): string | undefined =>
  environment[name] ?? environment[name.toUpperCase()];

/** Whether NO_PROXY lists the host, the host with its port, or a parent domain. */
const bypasses = (noProxy: string, host: string, port: number): boolean =>
  noProxy.trim() === "*" ||
  noProxy
    .toLowerCase()
    .split(",")
    .map((name) => name.trim().replace(/^\.+/, ""))
    .filter((name) => name !== "")
    .some((name) => [host, `${host}:${port}`].some((target) => target === name || target.endsWith(`.${name}`)));

/**
 * Returns the proxy for an address, from HTTP_PROXY, HTTPS_PROXY and NO_PROXY as the AWS CLI reads them, or undefined. Throws a
 * Failure for a proxy that is neither http nor https. https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-proxy.html
 */
export const proxyFor = (
  { scheme, host, port }: { scheme: "http" | "https"; host: string; port: number },
  environment: Environment,
): string | undefined => {
  const proxy = variable(environment, `${scheme}_proxy`);
  if (!proxy || bypasses(variable(environment, "no_proxy") ?? "", host.toLowerCase(), port)) return undefined;
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(proxy) ? proxy : `http://${proxy.replace(/^\/\//, "")}`;
  if (URL.canParse(url) && /^https?:/i.test(url)) return url;
  throw new Failure(
    "configuration",
    `mfactl cannot use the proxy in ${scheme.toUpperCase()}_PROXY.`,
    "Write it as http://proxy.example.com:8080.",
  );
};

/** Opens each connection directly or through the environment's proxy. `ca` replaces Node's list of trusted certificates. */
export class EnvironmentAgent extends Agent {
  readonly #environment: Environment;
  readonly #options: { keepAlive: boolean; ca?: string };
  readonly #agents = new Map<string, HttpAgent>();

  constructor(environment: Environment, ca: string | undefined) {
    const options = { keepAlive: true, ...(ca !== undefined && { ca }) };
    // Connections through a proxy take their TLS options only from here.
    super(options);
    this.#environment = environment;
    this.#options = options;
  }

  override connect(_: ClientRequest, { secureEndpoint, host, port }: AgentConnectOpts): HttpAgent {
    const scheme = secureEndpoint ? "https" : "http";
    const proxy = proxyFor({ scheme, host: host ?? "localhost", port: Number(port) }, this.#environment);
    const key = `${scheme} ${proxy}`;
    const agent = this.#agents.get(key) ?? this.#newAgent(secureEndpoint, proxy);
    this.#agents.set(key, agent);
    return agent;
  }

  #newAgent(secure: boolean, proxy: string | undefined): HttpAgent {
    if (proxy === undefined) return secure ? new HttpsAgent(this.#options) : new HttpAgent(this.#options);
    return secure ? new HttpsProxyAgent(proxy, this.#options) : new HttpProxyAgent(proxy, this.#options);
  }
}
