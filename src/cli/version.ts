// The version of this copy of pipe; the build puts the number of package.json in.

declare const PIPE_VERSION: string | undefined;

export const version: string = typeof PIPE_VERSION === 'string' ? PIPE_VERSION : '0.0.0-source';
