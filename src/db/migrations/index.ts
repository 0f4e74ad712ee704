/** All migrations, oldest first: a new one is a file and a line here. */
import type { Migration } from "../migration.ts";
import { migration0001 } from "./0001-initial.ts";
import { migration0002 } from "./0002-severed-links.ts";
import { migration0003 } from "./0003-links-repeat-makers.ts";

export const migrations: readonly Migration[] = [migration0001, migration0002, migration0003];
