// Names for strings that must not be mixed up: ids and digests carry their meaning in the type.

declare const brand: unique symbol;

/** A `T` that only the module which owns the meaning of `Name` should make. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** SHA-256 in 64 lower-case hexadecimal digits. */
export type Digest = Brand<string, 'Digest'>;

/** Sorts by time as text; also the name of the run's folder. */
export type RunId = Brand<string, 'RunId'>;

/** `stage` or `stage:item`; unique in a pipeline. */
export type TaskId = Brand<string, 'TaskId'>;

/**
 * A file's canonical name: relative to the root with `/` between parts where the file is inside
 * the root, absolute otherwise. So the first character tells the two apart.
 */
export type FilePath = Brand<string, 'FilePath'>;
