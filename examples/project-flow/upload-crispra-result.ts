/** App upload of phenotypic data, by testuser1: a program stands here for the drag and drop in an app. */
import * as ln from "lineal";
import { writeScreen } from "./generate.ts";

await ln.login("testuser1");
const transform = await ln.Transform.save({ key: "Upload GWS CRISPRa result", kind: "upload" });
await ln.track(transform);

const { storage } = await ln.instance();
const artifact = await ln.Artifact.save(writeScreen(storage), { description: "Raw data of schmidt22 crispra GWS" });
await artifact.ulabels.add(await ln.ULabel.save({ name: "generated", description: "Made by a program, not measured" }));
