/** Reads a tree of lineage as people do, to hold what it says against the graph. */

/** One node on one line of a tree, or several in a bracket. */
interface Met {
  readonly uids: string[];
  readonly above: Met | undefined;
  readonly below: Met[];
  /** Column at which what lies beyond it begins. */
  readonly inner: number;
  readonly isAbove: boolean;
}

const LINE =
  /^(?<indent>(?:│ {2}| {3})*)(?<mark>● |[←→] |[├└][←→─┬] |[│ ][├└] )(?:started |members by )?<(?<uid>[a-z]\d+)>(?<rest>.*)$/;
const isRun = ({ uids }: Met): boolean => uids[0]?.startsWith("r") === true;

/**
 * What came of what (uids of data) as a tree says it, run by run: below a run that is said to stand above, all is meant
 * that stands there. Labels have to be uids in angle brackets, runs `r1`, `r2` …; the tree has to be wide enough.
 */
export function told(tree: string, focus: string): { source: string; result: string }[] {
  const [before = "", after = ""] = tree.split("\n\n");
  const pairs = (half: string, from: "below" | "above"): { source: string; result: string }[] =>
    stepsOf(half, focus).map(([near, far]) =>
      from === "below" ? { source: far, result: near } : { source: near, result: far },
    );
  return [...pairs(before, "below"), ...pairs(after, "above")];
}

/** Data near the focus and data right beyond it. */
function stepsOf(half: string, focus: string): [near: string, far: string][] {
  const all: Met[] = [];
  const last = (inner: number): Met | undefined => all.findLast((met) => met.inner === inner);
  const meet = (met: Met): void => {
    met.above?.below.push(met);
    all.push(met);
  };
  meet({ uids: [focus], above: undefined, below: [], inner: 0, isAbove: false });
  for (const line of half.split("\n")) {
    const { indent = "", mark = "", uid = "", rest = "" } = LINE.exec(line)?.groups ?? {};
    if (!uid || mark === "● " || rest.includes("re-created")) continue;
    if (/^[│ ]/.test(mark)) last(indent.length + 3)?.uids.push(uid);
    else
      meet({
        uids: [uid],
        above: last(indent.length),
        below: [],
        inner: indent.length + (/^[←→]/.test(mark) ? 0 : 3),
        isAbove: rest.includes("↑ above"),
      });
  }
  return all.flatMap((met, i): [string, string][] => {
    if (!met.above || (isRun(met) && isRun(met.above))) return [];
    const beyond = !isRun(met)
      ? isRun(met.above)
        ? []
        : [met]
      : met.isAbove
        ? all.slice(0, i).flatMap((other) => (other.uids[0] === met.uids[0] ? other.below : []))
        : met.below;
    const near = met.above.uids;
    return near.flatMap((one) =>
      beyond.filter((other) => !isRun(other)).flatMap(({ uids }) => uids.map((far): [string, string] => [one, far])),
    );
  });
}
