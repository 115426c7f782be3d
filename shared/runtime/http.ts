/** A complete request to AWS, without the connection. */
export interface HttpRequest {
  method: "GET" | "POST";
  url: URL;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: string;
}

export interface HttpResponse {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string | undefined>;
  body: string;
}

/** Sends one request and returns the answer, with any status. Throws if no answer came. */
export type Send = (request: HttpRequest) => Promise<HttpResponse>;
