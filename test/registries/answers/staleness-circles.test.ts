/** Runs that form a circle: the judgement comes to an end. */
import { expect, test } from "vitest";
import { statusOfAll } from "../../../src/registries/answers/staleness.ts";
import { forEachDatabase } from "../../support/dialects.ts";
import { codes, FRESH, only, Workshop } from "../workshop.ts";

forEachDatabase((database) => {
  test("runs that make each other's inputs again are no endless circle, and nothing is stale because of itself", async () => {
    await using other = await Workshop.open(database);
    for (const name of ["x.ts", "y.ts"]) other.script(name);
    const x = only((await other.work("x.ts", { makes: { x: "1" } })).made);
    const y = only((await other.work("y.ts", { reads: [x], makes: { y: "2" } })).made);
    await other.work("x.ts", { reads: [y], makes: { x: "1" } });
    for (const output of [x, y]) expect(await output.staleness()).toEqual(FRESH);
    other.script("y.ts", "export const changed = 1;\n");
    await other.work("y.ts");
    expect(await codes(x)).toEqual(["upstream-stale"]);
    expect(await codes(y)).toEqual(["code-changed"]);
    expect((await statusOfAll(other.lab.connection)).map((one) => one.reasons.map((reason) => reason.code))).toEqual([
      ["upstream-stale"],
      ["code-changed"],
    ]);
  });
});
