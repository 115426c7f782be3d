const refuse = () => {
  throw new Error("The functions stream nothing; see infra/bundle-functions.ts.");
};

/** What Middy imports to stream a response. */
export { refuse as pipeline };
export class ReadableStream {}
