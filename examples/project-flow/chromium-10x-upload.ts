/** The sequencer uploads what it has read, by testuser1. */
import * as ln from "lineal";
import { writeReads } from "./generate.ts";

await ln.login("testuser1");
await ln.track("qCJPkOuZAi9q");

const { storage } = await ln.instance();
const generated = await ln.ULabel.save({ name: "generated", description: "Made by a program, not measured" });
for (const path of writeReads(storage))
  await ln.Artifact.save(path, { description: "Generated reads", ulabels: [generated] });

await ln.finish();
