/** placeholder */
import type { AnyRecord } from "./registries.ts";
export async function saveSource(_file: string, _given: Record<string, unknown>): Promise<AnyRecord> {
  throw new Error("later");
}
