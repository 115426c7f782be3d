const refuse = () => {
  throw new Error("Streaming is not available in the functions: see infra/bundle-functions.ts.");
};

/** Replaces the modules that Middy imports to stream a response. */
export { refuse as pipeline };
export class ReadableStream {}
