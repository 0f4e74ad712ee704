/** The tree for a terminal: what the focus was made from, and below it what came of it. */
import { captionOf } from "./node-line.ts";
import { cutNote, isFailed, versionOf } from "../graph/node.ts";
import type { GraphData, Node } from "../graph/node.ts";
import { kin } from "./tree-neighbours.ts";
import type { Group, Kin, Spot } from "./tree-neighbours.ts";
import { checked, numberFrom, YES_OR_NO } from "../graph/options.ts";
import { displayWidth, escapeControls, truncate } from "../../ground/width.ts";
import { type Ink, painter } from "./ink.ts";
import { isAct } from "../graph/walk.ts";

/** How a tree is drawn. */
export interface TreeOptions {
  /** Columns; no line is wider (default 80, also for 0: terminals that do not know their width say so). */
  readonly width?: number;
  /** ANSI colours (default off). */
  readonly color?: boolean;
  /** How many siblings are shown before the rest is folded into `… 43 more` (default 10). */
  readonly fan?: number;
  /** How many lines a tree may have before it stops and says so (default 500). */
  readonly rows?: number;
}

const OPTIONS = { width: numberFrom(0), fan: numberFrom(1), rows: numberFrom(1), color: YES_OR_NO };

/** Runs that made the same again say little new: so many are shown. */
const REMAKERS = 3;

/** The lineage of `graph.focus` as lines of text without a final newline. */
export function drawTree(graph: GraphData, options?: TreeOptions): string {
  const tree = new Tree(graph, options);
  tree.draw("up");
  tree.draw("down");
  return tree.finish();
}

/** Draws with a list of things still to do instead of recursion: lineage may be deeper than any call stack. */
class Tree {
  readonly #graph: GraphData;
  readonly #focus: Node;
  readonly #width: number;
  readonly #fan: number;
  readonly #rows: number;
  readonly #paint: (text: string, ...inks: Ink[]) => string;
  readonly #more: ReadonlySet<string>;
  /** Labels of several nodes. */
  readonly #repeated: ReadonlySet<string>;
  readonly #kin: { readonly up: Kin; readonly down: Kin };
  readonly #lines: string[] = [];
  #direction: "up" | "down" = "up";
  #seen = new Set<string>();
  #opened = new Map<Node, Spot | "in several ways">();
  #todo: (() => void)[] = [];
  #elsewhere: { spot: Spot; number: number }[] = [];
  #sections = 0;

  constructor(graph: GraphData, options?: TreeOptions) {
    const { width, fan = 10, rows = 500, color = false } = checked<TreeOptions>("graph.tree", options, OPTIONS);
    this.#graph = graph;
    this.#width = width || 80;
    this.#fan = fan;
    this.#rows = rows;
    this.#paint = painter(color);
    this.#more = new Set(graph.truncated ? graph.truncated.more : []);
    const labels = new Set<string>();
    this.#repeated = new Set(
      graph.nodes.flatMap(({ label }) => (labels.size === labels.add(label).size ? [label] : [])),
    );
    this.#kin = kin(graph);
    this.#focus = graph.nodes.find((node) => node.id === graph.focus) as Node;
  }

  draw(direction: "up" | "down"): void {
    this.#direction = direction;
    this.#seen = new Set([this.#focus.id]);
    const focus = this.#near.spot(this.#focus);
    this.#opened = new Map([[this.#focus, focus]]);
    const next = this.#near.next(focus).map(({ node }) => node);
    if (direction === "up") this.#line("", "● ", this.#focus, { full: true });
    else if (next.length === 0) return;
    else this.#put("", "", `\n${afterwards(this.#focus, next, this.#isCut)}`, "bold");
    this.#todo = [() => this.#beyond([focus], "")];
    const stop = this.#lines.length + this.#rows;
    for (;;) {
      const step = this.#todo.pop() ?? this.#goOn();
      if (!step) return;
      if (this.#lines.length >= stop) break;
      step();
    }
    this.#elsewhere = [];
    this.#say(`… stopped after ${count(this.#rows, "line")}, ${count(this.#graph.nodes.length, "node")} in all`);
  }

  finish(): string {
    const { truncated, partial } = this.#graph;
    if (this.#lines.length === 1 && !truncated)
      this.#say(partial ? "nothing before or after it fits what was asked for" : alone(this.#focus));
    if (truncated) {
      this.#put("", "", "");
      this.#say(`… ${cutNote(truncated)}: ask with a higher limit`);
    }
    return this.#lines.join("\n");
  }

  /** True when there may be more right after the focus than the graph has. */
  get #isCut(): boolean {
    const { truncated, partial = false } = this.#graph;
    return (
      partial || (truncated !== false && truncated.downstream && (!truncated.more || this.#more.has(this.#focus.id)))
    );
  }

  get #near(): Kin {
    return this.#kin[this.#direction];
  }

  get #arrow(): string {
    return this.#direction === "up" ? "← " : "→ ";
  }

  /** What lies beyond nodes that share it: for data their runs, collections and members, for a run its data. */
  #beyond(spots: readonly Spot[], indent: string): void {
    const [first] = spots;
    if (!first) return;
    if (isAct(first.node) && this.#direction === "up") this.#starters(first, indent);
    const remakers = folded(this.#near.again(first.node), Math.min(this.#fan, REMAKERS));
    for (const run of remakers.shown) this.#line(indent, "↻ ", run, { before: "also made by " });
    if (remakers.hidden > 0) this.#put(indent, "↻ ", `… and ${count(remakers.hidden, "more run")}`, "dim");
    const acts = this.#near.next(first);
    const [only] = acts;
    if (isAct(first.node) || !acts.every(({ node }) => isAct(node))) {
      this.#items(first, indent);
      return;
    }
    if (acts.length === 1 && only) {
      this.#act(only, indent, this.#arrow, indent, first.node);
      return;
    }
    const draw = (act: Spot, last: boolean) =>
      this.#act(act, indent, (last ? "└" : "├") + this.#arrow, indent + (last ? "   " : "│  "), first.node);
    this.#branch(indent, folded(acts, this.#fan), draw, (hidden) => count(hidden, "more run"));
  }

  /** A run (or transform) on its line, below what it led to or what started it, and then what lies beyond it. */
  #act(act: Spot, indent: string, mark: string, inner: string, above?: Node): void {
    const { node } = act;
    const isOpen = this.#near.next(act).length > 0;
    const before = this.#opened.get(node);
    const isNew = !this.#seen.has(node.id);
    this.#seen.add(node.id);
    // "Above" must not stand for something else; what it takes to say it again is short, for that has been opened.
    if (isOpen && before !== act) this.#opened.set(node, before ? "in several ways" : act);
    const started = above !== undefined && this.#near.started(above, node);
    this.#line(indent, mark, node, {
      note: isOpen && before === act ? "↑ above" : "",
      before: started ? "started " : above && this.#near.gave(node, above) ? "members by " : "",
    });
    if (before === act) return;
    if (isNew && !started) this.#starters(act, inner);
    if (isNew && this.#direction === "up") this.#besides(act, inner);
    this.#items(act, inner);
  }

  /** What lies beyond a run, a collection or a member: data that share their next runs stand together, and those runs are drawn once. */
  #items(act: Spot, indent: string): void {
    if (this.#near.next(act).length > 0 && displayWidth(indent) > this.#width * 0.4) {
      this.#sections += 1;
      this.#elsewhere.push({ spot: act, number: this.#sections });
      this.#put(indent, "└─ ", `… goes on at [${this.#sections}] below`, "dim");
      return;
    }
    const { groups, hidden } = this.#near.groups(act, this.#fan);
    const draw = (group: Group, last: boolean) => this.#group(group.spots, group.hidden, act, indent, last);
    this.#branch(indent, { shown: groups, hidden }, draw, (number) => `${number.toLocaleString("en")} more`);
  }

  #group(spots: readonly Spot[], hidden: number, from: Spot, indent: string, last: boolean): void {
    const [first] = spots;
    if (!first) return;
    const inner = indent + (last ? "   " : "│  ");
    if (isAct(first.node)) {
      this.#act(first, indent, (last ? "└" : "├") + (isAct(from.node) ? "─ " : this.#arrow), inner, from.node);
      return;
    }
    const remade = this.#near.remade(from, first.node); // what follows from it followed from its first making
    const fresh = remade ? [] : spots.filter(({ node }) => !this.#seen.has(node.id));
    const open = fresh.length > 0 && this.#near.next(first).length + this.#near.again(first.node).length > 0;
    const bracket = open && spots.length + hidden > 1;
    spots.forEach((spot, i) => {
      const { node } = spot;
      const ending = i === spots.length - 1 && hidden === 0;
      const known = this.#seen.has(node.id) && this.#near.next(spot).length > 0;
      if (!remade) this.#seen.add(node.id);
      const note = remade ? "re-created" : known ? "↑ above" : "";
      this.#line(indent, bracket ? bracketed(i === 0, ending, last) : branching(ending, last), node, { note });
    });
    const mark = bracket ? bracketed(false, true, last) : branching(true, last);
    if (hidden > 0) this.#put(indent, mark, `… ${hidden.toLocaleString("en")} more`, "dim");
    if (open) this.#todo.push(() => this.#beyond(fresh, inner));
  }

  /** Queues one step per branch, in order, and the line that says how many more there are. */
  #branch<T>(
    indent: string,
    { shown, hidden }: Folded<T>,
    draw: (item: T, last: boolean) => void,
    say: (n: number) => string,
  ): void {
    const steps = shown.map((item, i) => () => draw(item, hidden === 0 && i === shown.length - 1));
    if (hidden > 0) steps.push(() => this.#put(indent, "└─ ", `… ${say(hidden)}`, "dim"));
    for (const step of steps.toReversed()) this.#todo.push(step);
  }

  /** The next part of the tree that did not fit beside its beginning. */
  #goOn(): (() => void) | undefined {
    const part = this.#elsewhere.shift();
    if (!part) return undefined;
    return () => {
      this.#put("", "", "");
      this.#line("", `[${part.number}] ${this.#arrow}`, part.spot.node, {});
      this.#todo.push(() => this.#items(part.spot, ""));
    };
  }

  /** The runs that started a run, below its line. */
  #starters(act: Spot, indent: string): void {
    for (const run of this.#near.startedBy(act.node))
      this.#line(indent + this.#bar(act), "⤷ ", run, { before: "started by " });
  }

  /** What a run made besides what is drawn, below its line. */
  #besides(act: Spot, indent: string): void {
    const names = this.#near
      .besides(act.node)
      .map((node) =>
        escapeControls(
          [node.label, this.#repeated.has(node.label) && versionOf(node)[0], node.deleted && "(deleted)"]
            .filter(Boolean)
            .join(" "),
        ),
      );
    const start = `${indent}${this.#bar(act)}also made `;
    if (names.length > 0) this.#put(start, "", enumerated(names, this.#width - displayWidth(start)), "dim");
  }

  #bar(act: Spot): string {
    return this.#near.next(act).length > 0 ? "│ " : "  ";
  }

  #line(indent: string, mark: string, node: Node, how: { note?: string; before?: string; full?: boolean }): void {
    const more = this.#more.has(node.id) && node.id !== this.#graph.focus ? "… more" : "";
    const note = [how.note, more].filter(Boolean).join(", ");
    const start = mark + (how.before ?? "");
    const caption = captionOf(node, this.#width - displayWidth(indent + start), note, how.full);
    if (displayWidth(indent + start) >= this.#width) {
      this.#put(indent, start, caption.label);
      return;
    }
    const inks: Ink[] = node.id === this.#focus.id ? ["bold", "green"] : isAct(node) ? ["cyan"] : [];
    const painted = this.#paint(indent + start, "dim") + this.#paint(caption.label, ...inks);
    this.#lines.push(painted + this.#paint(caption.details, isFailed(node) ? "red" : "dim"));
  }

  /** A sentence, in as many lines as it takes. */
  #say(text: string): void {
    let line = "";
    for (const word of text.split(" ")) {
      if (line && displayWidth(`${line} ${word}`) > this.#width) {
        this.#put("", "", line, "dim");
        line = ` ${word}`;
      } else line = line ? `${line} ${word}` : word;
    }
    this.#put("", "", line, "dim");
  }

  #put(indent: string, mark: string, text: string, ink?: Ink): void {
    for (const line of text.split("\n")) {
      this.#lines.push(this.#paint(truncate(indent + mark + line, this.#width).trimEnd(), ...(ink ? [ink] : [])));
    }
  }
}

function branching(ending: boolean, last: boolean): string {
  return ending && last ? "└─ " : "├─ ";
}

function bracketed(first: boolean, ending: boolean, last: boolean): string {
  if (first) return last ? "└┬ " : "├┬ ";
  return (last ? " " : "│") + (ending ? "└ " : "├ ");
}

interface Folded<T> {
  readonly shown: readonly T[];
  readonly hidden: number;
}

function folded<T>(items: readonly T[], fan: number): Folded<T> {
  const shown = items.length <= fan + 1 ? items : items.slice(0, fan);
  return { shown, hidden: items.length - shown.length };
}

/** The heading over what came of the focus; there may be more of it when the graph was cut or filtered there. */
function afterwards(focus: Node, next: readonly Node[], isCut: boolean): string {
  const least = isCut ? "at least " : "";
  if (focus.kind === "transform") return `followed by ${least}${count(next.length, "transform")}`;
  const runs = next.filter(isAct).length;
  const told = (verb: string, number: number, noun: string) =>
    number > 0 ? [`${verb} ${least}${count(number, noun)}`] : [];
  const [data, acts] =
    focus.kind === "run"
      ? [told("made", next.length - runs, "output"), told("started", runs, "run")]
      : [told("used by", runs, "run"), told("in", next.length - runs, "collection")];
  return [...data, ...acts].join(", ");
}

/** As many names as fit, and how many more there are. */
function enumerated(names: readonly string[], width: number): string {
  let text = "";
  for (const [i, name] of names.entries()) {
    const tail = (hidden: number) => (hidden > 0 ? `, … ${hidden.toLocaleString("en")} more` : "");
    const rest = tail(names.length - i - 1);
    if (i === 0) text = truncate(name, Math.max(1, width - displayWidth(rest)), "middle");
    else if (displayWidth(`${text}, ${name}${rest}`) > width) return text + tail(names.length - i);
    else text += `, ${name}`;
  }
  return text;
}

/** What is said of a focus that stands alone. */
function alone(focus: Node): string {
  if (focus.kind === "transform") return "nothing recorded before or after it";
  return focus.kind === "run" ? "no recorded inputs or outputs" : "not made or used by any recorded run";
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}
