/**
 * A first look at the screen, by testuser1. Such a look is taken in a notebook; no kernel is part of this example, so
 * a transform of that kind is registered by hand and passed to `track`, and this program stands for the notebook.
 */
import * as ln from "lineal";

await ln.login("testuser1");
await ln.track(
  await ln.Transform.save({ key: "screen-quality", kind: "notebook", description: "First look at the CRISPRa screen" }),
);

const artifact = await ln.Artifact.get({ description: "Raw data of schmidt22 crispra GWS" });
const screen = await artifact.load<ln.Table>();
console.log(
  String(
    screen.sortBy("pos|rank").slice(0, 5).select(["id", "num", "pos|score", "pos|fdr", "pos|goodsgrna", "pos|lfc"]),
  ),
);
