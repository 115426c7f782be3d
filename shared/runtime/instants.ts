/** The earlier of two instants. */
export const earlier = (one: Date, other: Date): Date => (one < other ? one : other);

/** The later of two instants. */
export const later = (one: Date, other: Date): Date => (one > other ? one : other);

/** Adds milliseconds to an instant. */
export const plus = (instant: Date, milliseconds: number): Date => new Date(instant.getTime() + milliseconds);
