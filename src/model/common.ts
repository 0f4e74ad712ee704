/** Columns that families of registries share. */
import { bool, int, ref, text } from "./field.ts";

/** Who added the row. */
export const owned = {
  createdBy: ref("User", { editable: false, doc: "Who added it." }),
};

/** Where the row is seen: its space and branch; trash and archive are branches. */
export const placed = {
  space: ref("Space", { minor: true, doc: "Who may see it." }),
  branch: ref("Branch", { minor: true, doc: "Where it is seen; trash and archive are branches." }),
  formerBranch: ref("Branch", {
    optional: true,
    editable: false,
    hidden: true,
    doc: "Where it was before it went to trash or archive.",
  }),
};

/** Rows that come in versions: one family shares a stem, one revision is the latest on a branch. */
export const family = {
  stem: text({ editable: false, hidden: true, doc: "What all versions of a family share; the first part of the uid." }),
  revision: int({ editable: false, hidden: true, doc: "0, 1, 2 …; the last four characters of the uid in base 62." }),
  version: text({
    optional: true,
    max: 30,
    doc: "A name for the version; the revision in base 62 when none is given.",
  }),
  isLatest: bool({ default: true, editable: false, minor: "by default", doc: "Newest of its family on its branch." }),
};

/** A description and where to read more. */
export const described = {
  description: text({ optional: true, doc: "One sentence for people." }),
  reference: text({ optional: true, max: 255, doc: "Where to read more: a URL or an identifier." }),
  referenceType: text({ optional: true, max: 25, doc: "What the reference is: url, doi …" }),
};

/** Labels that can be grouped in types: `{ name: "Experiment", isType: true }`. */
export const typed = {
  isType: bool({ default: false, minor: true, doc: "It groups others and is no label itself." }),
};
