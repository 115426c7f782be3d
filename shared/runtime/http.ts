/** A request to AWS, complete but for the connection it goes over. */
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

/** Sends one request and gives back whatever is answered; throws when no answer came. */
export type Send = (request: HttpRequest) => Promise<HttpResponse>;
