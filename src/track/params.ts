/** Turns the params of a run into plain JSON, and a call's arguments into params. */

import { redactParams } from "../ground/redact.ts";
import { parseExpression } from "../code/syntax.ts";
import type { SyntaxNode } from "../code/syntax-tree.ts";

/** A value as it is stored: JSON, nothing else. */
export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };

/** Params ready to be stored, and the names (`a.b`) of those that have no JSON form. */
export type SerialisedParams = { params: { [key: string]: JsonValue }; dropped: string[] };

/**
 * Plain, redacted JSON of the params of a run.
 *
 * Null, undefined and empty lists are left out; dates become ISO strings, sets lists, maps objects, records whatever
 * `reference` returns for them (`Artifact[uid]`). Functions, class instances and cycles are dropped and named.
 */
export function serialiseParams(
  params: Record<string, unknown>,
  options: { reference?: (value: object) => string | undefined } = {},
): SerialisedParams {
  const dropped: string[] = [];
  const walk = new Walk(dropped, options.reference ?? (() => undefined));
  const entries = walk
    .entries(Object.entries(params), "")
    .filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0));
  return { params: redactParams(Object.fromEntries(entries)) as SerialisedParams["params"], dropped };
}

const deepest = 100;

class Walk {
  readonly #ancestors: object[] = [];
  readonly #dropped: string[];
  readonly #reference: (value: object) => string | undefined;

  constructor(dropped: string[], reference: (value: object) => string | undefined) {
    this.#dropped = dropped;
    this.#reference = reference;
  }

  entries(pairs: Iterable<readonly [string, unknown]>, path: string): [string, JsonValue][] {
    return [...pairs].flatMap(([key, value]) => {
      const json = this.#value(value, path === "" ? key : `${path}.${key}`);
      return json === undefined ? [] : [[key, json] as [string, JsonValue]];
    });
  }

  #value(value: unknown, path: string): JsonValue | undefined {
    switch (typeof value) {
      case "undefined":
        return undefined;
      case "boolean":
      case "string":
        return value;
      case "number":
        return Number.isFinite(value) ? value + 0 : String(value);
      case "bigint":
        return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : String(value);
      case "object":
        return value === null ? null : this.#object(value, path);
      default:
        return this.#drop(path);
    }
  }

  #object(value: object, path: string): JsonValue | undefined {
    const reference = this.#reference(value);
    if (reference !== undefined) return reference;
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? this.#drop(path) : value.toISOString();
    if (value instanceof URL) return value.href;
    if (this.#ancestors.includes(value) || this.#ancestors.length >= deepest) return this.#drop(path);
    this.#ancestors.push(value);
    try {
      if (Array.isArray(value)) return this.#list(value, path);
      if (value instanceof Set) return this.#list([...value], path);
      if (value instanceof Map) return this.#map(value, path);
      return isPlain(value) ? Object.fromEntries(this.entries(Object.entries(value), path)) : this.#drop(path);
    } catch {
      return this.#drop(path); // a getter threw
    } finally {
      this.#ancestors.pop();
    }
  }

  #list(items: unknown[], path: string): JsonValue[] {
    return Array.from(items, (item, i) => this.#value(item, `${path}.${i}`)).filter((item) => item !== undefined);
  }

  #map(map: Map<unknown, unknown>, path: string): JsonValue {
    const pairs = [...map];
    if (pairs.some(([key]) => typeof key === "object" || typeof key === "function" || typeof key === "symbol"))
      return this.#list(pairs, path);
    return Object.fromEntries(
      this.entries(
        pairs.map(([key, value]) => [String(key), value] as const),
        path,
      ),
    );
  }

  #drop(path: string): undefined {
    this.#dropped.push(path);
  }
}

/** Whether a value is an object literal, of this realm or another. */
export function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value) as object | null;
  return (
    prototype === null || (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, "hasOwnProperty"))
  );
}

type Callable = (...args: never[]) => unknown;
type Parameter = { name: string; rest: boolean; default: unknown; fields?: Record<string, unknown> };

/** The names of a function's parameters in order; a destructured one, or one that cannot be read, is `arg0`, `arg1` … */
export function parameterNames(fn: Callable): string[] {
  return parametersOf(fn).map((parameter) => parameter.name);
}

/**
 * A call's arguments as params: an object given to a destructured parameter, or as the only argument, by its fields;
 * every other argument under its parameter's name. Literal defaults of the declaration are filled in.
 */
export function bindArguments(
  fn: Callable,
  args: readonly unknown[],
  isRecord: (value: object) => boolean = () => false,
): Record<string, unknown> {
  const bound: [string, unknown][] = [];
  const parameters = parametersOf(fn);
  for (let i = 0; i < Math.max(parameters.length, args.length); i++) {
    const parameter = parameters[i] ?? { name: `arg${i}`, rest: false, default: undefined };
    if (parameter.rest) {
      bound.push([parameter.name, args.slice(i)]);
      break;
    }
    const value = args[i] === undefined ? (parameter.default ?? (parameter.fields && {})) : args[i];
    const spread =
      isPlain(value) &&
      !isRecord(value) &&
      (parameter.fields !== undefined || (args.length <= 1 && parameters.length <= 1));
    if (!spread) bound.push([parameter.name, value]);
    else {
      const given = Object.entries(value).filter(([, item]) => item !== undefined);
      bound.push(
        ...Object.entries(parameter.fields ?? {}).filter(([key]) => !given.some(([name]) => name === key)),
        ...given,
      );
    }
  }
  return Object.fromEntries(bound.filter(([, value]) => value !== undefined));
}

function parametersOf(fn: Callable): Parameter[] {
  const source = Function.prototype.toString.call(fn);
  const nodes = functionNode(parseExpression(`(${source}\n)`)) ?? functionNode(parseExpression(`({${source}\n})`));
  if (nodes === undefined)
    return Array.from({ length: fn.length }, (_, i) => ({ name: `arg${i}`, rest: false, default: undefined }));
  return nodes.map((node, i) => parameterOf(node, i));
}

/** The parameters of a function expression, an object with one method, or a class's constructor. */
function functionNode(node: SyntaxNode | undefined): SyntaxNode[] | undefined {
  if (node === undefined) return undefined;
  if (Array.isArray(node.params)) return node.params as SyntaxNode[];
  if (node.type === "ObjectExpression") return functionNode((node.properties as SyntaxNode[])[0]);
  if (node.type !== "ClassExpression") return undefined;
  const members = (node.body as SyntaxNode).body as SyntaxNode[];
  return functionNode(members.find((member) => member.kind === "constructor"));
}

function parameterOf(node: SyntaxNode, position: number): Parameter {
  if (node.type === "AssignmentPattern") {
    const inner = parameterOf(node.left as SyntaxNode, position);
    return { ...inner, default: literalValue(node.right as SyntaxNode) };
  }
  if (node.type === "RestElement") return { ...parameterOf(node.argument as SyntaxNode, position), rest: true };
  if (node.type === "ObjectPattern")
    return { name: `arg${position}`, rest: false, default: undefined, fields: fieldDefaults(node) };
  return {
    name: node.type === "Identifier" ? (node.name as string) : `arg${position}`,
    rest: false,
    default: undefined,
  };
}

function fieldDefaults(pattern: SyntaxNode): Record<string, unknown> {
  const pairs = (pattern.properties as SyntaxNode[]).flatMap((property) => {
    const value = property.value as SyntaxNode | undefined;
    const key = property.key as SyntaxNode | undefined;
    const name = key?.type === "Identifier" ? key.name : key?.value;
    if (value?.type !== "AssignmentPattern" || typeof name !== "string" || property.computed === true) return [];
    const literal = literalValue(value.right as SyntaxNode);
    return literal === undefined ? [] : [[name, literal] as const];
  });
  return Object.fromEntries(pairs);
}

/** The value of a literal default; undefined for anything that would have to be run. */
function literalValue(node: SyntaxNode): unknown {
  if (["NumericLiteral", "StringLiteral", "BooleanLiteral"].includes(node.type)) return node.value;
  if (node.type !== "UnaryExpression" || node.operator !== "-") return undefined;
  const inner = literalValue(node.argument as SyntaxNode);
  return typeof inner === "number" ? -inner : undefined;
}
