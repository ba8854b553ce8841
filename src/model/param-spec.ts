// The language of `params` in a configuration. Plain data, as in spec.ts.

interface OfType<Type extends string, Value> {
  readonly type: Type;
  /** All that it may be. Default: whatever the type allows. */
  readonly choices?: readonly Value[];
  /** Without a default, it must be given. */
  readonly default?: Value;
  readonly description?: string;
}

/** A parameter of a pipeline, which a command line gives as `-p subject=math`. */
export type ParamSpec = OfType<'string', string> | OfType<'number', number> | OfType<'boolean', boolean>;

export type ParamsSpec = Readonly<Record<string, ParamSpec>>;

/** Of a pipeline without parameters. */
export interface NoParams extends Readonly<Record<never, never>> {}

/** The values of parameters by their names, as a stage function has them. */
export type ParamValues = Readonly<Record<string, string | number | boolean>>;

interface ValueOfType {
  readonly string: string;
  readonly number: number;
  readonly boolean: boolean;
}

/** The values that the parameters of `Params` may have: one of the choices, or any of the type. */
export type ValuesOf<Params extends ParamsSpec> = {
  readonly [Name in keyof Params]: Params[Name] extends { readonly choices: readonly (infer Choice)[] }
    ? Choice
    : ValueOfType[Params[Name]['type']];
};
