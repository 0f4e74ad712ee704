/** Gives the names that only a program itself knows numbers, so that renaming them changes nothing. */

import { isNode, nodesIn, type SyntaxNode } from "./syntax-tree.ts";

/** What a name stands for. `kept`: others see the name as well. */
export type Binding = { token?: string; name: string; scope: Scope; kept: boolean; imported?: string; fn?: SyntaxNode };

/** Where names live. A scope may be told apart more coarsely than the language does, never more finely. */
class Scope {
  readonly bindings = new Map<string, Binding>();
  readonly parent: Scope | undefined;
  readonly depth: number;
  /** Where `var` puts a name. */
  readonly home: Scope;
  /** For the body of a function: its parameters, which a `var` of the same name shares. */
  readonly params: Scope | undefined;
  /** Names are looked up here in ways that cannot be followed. */
  frozen = false;
  /** How many of its names have a number. */
  numbered = 0;

  constructor(parent?: Scope, kind?: "home" | "body") {
    this.parent = parent;
    this.depth = parent ? parent.depth + 1 : 0;
    this.home = kind || !parent ? this : parent.home;
    this.params = kind === "body" ? parent : undefined;
  }

  declare(name: string, more: Partial<Binding> = {}): Binding {
    const known = this.bindings.get(name) ?? this.params?.bindings.get(name);
    const binding = known ?? { name, scope: this, kept: false };
    if (!known) this.bindings.set(name, binding);
    return Object.assign(binding, more);
  }

  find(name: string): Binding | undefined {
    return this.bindings.get(name) ?? this.parent?.find(name);
  }

  freeze(): void {
    for (let at: Scope | undefined = this; at && !at.frozen; at = at.parent) at.frozen = true;
  }
}

/** What each identifier of a program stands for, where the program itself says it: variables, imports, labels, private names. */
export function bindingsOf(program: SyntaxNode, isModule: boolean): Map<SyntaxNode, Binding> {
  const names = new Names(isModule);
  names.visit(program, new Scope());
  return names.settle();
}

/**
 * Renames, in place, every variable, parameter, function, class, import, label and private name to its place: how deep its
 * scope lies and which of the scope it is. No identifier looks like that, so a name that stays is a global or a property.
 *
 * Beside its number keeps its name what others see: exports, parameter properties, the functions given to `flow` and `step`
 * with their parameters (they name entrypoints and params), and everything in reach of `eval`, `with`, JSX, an enum or a namespace.
 */
export function numberNames(node: SyntaxNode, bindings: ReadonlyMap<SyntaxNode, Binding>): void {
  const binding = bindings.get(node);
  if (binding) {
    binding.token ??= `${binding.scope.depth}.${binding.scope.numbered++}`;
    node.name = binding.kept ? `${binding.token}=${binding.name}` : binding.token;
  }
  for (const field in node) for (const child of nodesIn(node[field])) numberNames(child, bindings);
}

const functions = new Set([
  "FunctionDeclaration",
  "FunctionExpression",
  "ArrowFunctionExpression",
  "ObjectMethod",
  "ClassMethod",
  "ClassPrivateMethod",
]);
const freezing = new Set(["WithStatement", "JSXElement", "JSXFragment", "TSEnumDeclaration", "TSModuleDeclaration"]);
/** Fields that hold a property or a word, not a variable, unless computed. */
const words = new Set(["key", "property", "imported", "exported", "meta"]);

class Names {
  readonly #isModule: boolean;
  readonly #uses: [node: SyntaxNode, name: string, scope: Scope][] = [];
  readonly #calls: [call: SyntaxNode, scope: Scope][] = [];
  readonly #kept: [name: string, scope: Scope][] = [];
  readonly #hoisted: [name: string, scope: Scope][] = [];
  readonly #params = new Map<SyntaxNode, Scope>();
  #imports = 0;

  constructor(isModule: boolean) {
    this.#isModule = isModule;
  }

  visit(node: SyntaxNode, outer: Scope, isBody = false): void {
    this.#declare(node, outer);
    if (freezing.has(node.type)) outer.freeze();
    const inner = node.type === "Program" ? outer : this.#open(node, outer, isBody);
    const forwards = node.type.startsWith("Export") && isNode(node.source);
    for (const field in node) {
      if (field === "type" || forwards) continue;
      const scope = isOutside(node, field) ? outer : inner;
      for (const child of nodesIn(node[field])) {
        if (child.type === "PrivateName") this.#use(child.id as SyntaxNode, scope, "#");
        else if (child.type !== "Identifier") this.visit(child, scope, field === "body" && functions.has(node.type));
        else if (!isWord(node, field)) this.#use(child, scope, field === "label" ? "label " : "");
      }
    }
  }

  #use(node: SyntaxNode, scope: Scope, prefix: string): void {
    const name = node.name as string;
    if (name === "eval") scope.freeze();
    // `arguments` is what it is even where it is declared
    if (name !== "arguments") this.#uses.push([node, prefix + name, scope]);
  }

  /** What a node declares around itself. */
  #declare(node: SyntaxNode, scope: Scope): void {
    switch (node.type) {
      case "VariableDeclaration":
        for (const { id, init } of nodesIn(node.declarations)) {
          for (const name of patternNames(id))
            (node.kind === "var" ? scope.home : scope).declare(
              name,
              isNode(id) && id.type === "Identifier" && isNode(init) ? { fn: init } : {},
            );
        }
        return;
      case "FunctionDeclaration":
        if (!isNode(node.id)) return;
        scope.declare(node.id.name as string, { fn: node });
        if (scope !== scope.home && !this.#isModule) this.#hoisted.push([node.id.name as string, scope]);
        return;
      case "ClassDeclaration":
      case "TSEnumDeclaration":
      case "TSModuleDeclaration":
      case "TSImportEqualsDeclaration":
        for (const name of patternNames(node.id)) scope.declare(name);
        return;
      case "ImportDeclaration":
        this.#imports++;
        for (const one of nodesIn(node.specifiers)) {
          const imported = isNode(one.imported)
            ? String(one.imported.name ?? one.imported.value)
            : one.type === "ImportDefaultSpecifier"
              ? "default"
              : "*";
          // By what it is imported as, so that the order of the names does not matter.
          scope.declare((one.local as SyntaxNode).name as string, { token: `${this.#imports}#${imported}`, imported });
        }
        return;
      case "LabeledStatement":
        scope.declare(`label ${String((node.label as SyntaxNode).name)}`);
        return;
      case "ExportNamedDeclaration": {
        if (!isNode(node.declaration)) return;
        const declared =
          node.declaration.type === "VariableDeclaration" ? nodesIn(node.declaration.declarations) : [node.declaration];
        for (const name of declared.flatMap(({ id }) => patternNames(id))) this.#kept.push([name, scope]);
        return;
      }
      case "CallExpression":
      case "OptionalCallExpression":
        this.#calls.push([node, scope]);
    }
  }

  /** The scope inside a node, with what lives there from the start. */
  #open(node: SyntaxNode, outer: Scope, isBody: boolean): Scope {
    if (functions.has(node.type)) {
      const own = node.type === "FunctionExpression" && isNode(node.id) ? new Scope(outer) : outer;
      if (own !== outer) own.declare((node.id as SyntaxNode).name as string);
      const params = new Scope(own, "home");
      this.#params.set(node, params);
      for (const param of nodesIn(node.params)) {
        // A parameter property is a property as well.
        for (const name of patternNames(param)) params.declare(name, { kept: param.type === "TSParameterProperty" });
      }
      return params;
    }
    switch (node.type) {
      case "BlockStatement":
        return new Scope(outer, isBody ? "body" : undefined);
      case "StaticBlock":
      case "TSModuleBlock":
        return new Scope(outer, "home");
      case "ForStatement":
      case "ForInStatement":
      case "ForOfStatement":
      case "SwitchStatement":
        return new Scope(outer);
      case "CatchClause": {
        const scope = new Scope(outer);
        for (const name of patternNames(node.param)) scope.declare(name);
        return scope;
      }
      case "ClassDeclaration":
      case "ClassExpression": {
        const scope = new Scope(outer);
        for (const name of patternNames(node.id)) scope.declare(name);
        return scope;
      }
      case "ClassBody": {
        const scope = new Scope(outer);
        for (const { key } of nodesIn(node.body))
          if (isNode(key) && key.type === "PrivateName") scope.declare(`#${String((key.id as SyntaxNode).name)}`);
        return scope;
      }
      default:
        return outer;
    }
  }

  /** What is only known when every declaration has been seen. */
  settle(): Map<SyntaxNode, Binding> {
    for (const [name, scope] of this.#kept) keep(scope.find(name));
    // Outside of modules a function in a block may be a variable around it as well, if nothing between has its name.
    for (const [name, scope] of this.#hoisted) {
      scope.home.declare(name);
      for (let at = scope; ; at = at.parent ?? at.home) {
        keep(at.bindings.get(name) ?? at.params?.bindings.get(name));
        if (at === scope.home) break;
      }
    }
    for (const [call, scope] of this.#calls) this.#keepSignatures(call, scope);
    const bindings = new Map<SyntaxNode, Binding>();
    for (const [node, name, scope] of this.#uses) {
      const binding = scope.find(name);
      if (!binding) continue;
      binding.kept ||= binding.scope.frozen;
      bindings.set(node, binding);
    }
    return bindings;
  }

  #keepSignatures({ callee, arguments: given }: SyntaxNode, scope: Scope): void {
    const { type, name, property } = callee as SyntaxNode;
    const called =
      type === "Identifier" ? [name, scope.find(name as string)?.imported] : [isNode(property) && property.name];
    if (!called.includes("flow") && !called.includes("step")) return;
    for (const argument of nodesIn(given)) {
      const named = argument.type === "Identifier" ? scope.find(argument.name as string) : undefined;
      keep(named);
      const fn = named?.fn ?? argument;
      const params = this.#params.get(fn);
      if (!params) continue;
      if (fn.type === "FunctionExpression" && isNode(fn.id)) keep(params.find(fn.id.name as string));
      for (const param of nodesIn(fn.params)) {
        const bare = param.left ?? param.argument ?? param;
        if (isNode(bare) && bare.type === "Identifier") keep(params.find(bare.name as string));
      }
    }
  }
}

function keep(binding: Binding | undefined): void {
  if (binding) binding.kept = true;
}

/** Whether a field of a node that opens a scope is evaluated before it. */
function isOutside(node: SyntaxNode, field: string): boolean {
  return (
    field === "decorators" ||
    field === "key" ||
    field === "discriminant" ||
    (field === "id" && node.type.endsWith("Declaration"))
  );
}

/** Whether a field holds a property or a word, not a variable. */
export function isWord(node: SyntaxNode, field: string): boolean {
  if (words.has(field)) return node.computed !== true;
  return (node.type === "TSQualifiedName" && field === "right") || (node.type === "TSEnumMember" && field === "id");
}

/** The names that a pattern binds. */
export function patternNames(pattern: unknown): string[] {
  if (!isNode(pattern)) return [];
  switch (pattern.type) {
    case "Identifier":
      return [pattern.name as string];
    case "ObjectPattern":
      return nodesIn(pattern.properties).flatMap(patternNames);
    case "ArrayPattern":
      return nodesIn(pattern.elements).flatMap(patternNames);
    default:
      // a default, a property, the rest, a parameter property, `A.B.C`
      return patternNames(pattern.left ?? pattern.value ?? pattern.argument ?? pattern.parameter);
  }
}
