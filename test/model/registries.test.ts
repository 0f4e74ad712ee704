import { describe, expect, test } from "vitest";
import {
  checkValue,
  type Field,
  model,
  names,
  type Options,
  relationOf,
  relationsOf,
  REVISION_LENGTH,
} from "../../src/model/index.ts";

const TEXT = ["uid", "createdAt"];

describe.each(names)("%s", (name) => {
  const { uid, versioned, columns, links, derived, natural, title, show, doc } = model[name];

  test("says what it is and has a uid that is long enough", () => {
    expect(doc).toMatch(/^[A-Z].*\.$/);
    expect(Number.isInteger(uid) && uid >= 8 && uid <= 20).toBe(true);
    if (versioned) expect(uid - REVISION_LENGTH).toBeGreaterThanOrEqual(12);
  });

  test("title, natural key and listing name columns that are there and seen", () => {
    for (const key of [title, ...show, ...(natural ?? [])]) {
      if (TEXT.includes(key)) continue;
      expect(columns, key).toHaveProperty([key]);
      expect(columns[key]?.options.hidden, key).toBeUndefined();
    }
    expect(columns[title]).toMatchObject({ is: "field", kind: "text" });
    expect(show[0]).toBe("uid");
    expect(new Set(show).size).toBe(show.length);
    for (const key of show) expect(columns[key]?.options.lazy, key).toBeUndefined();
  });

  test("a versioned registry has the columns of a family", () => {
    for (const key of ["stem", "revision", "isLatest", "version"])
      expect(Object.hasOwn(columns, key), key).toBe(versioned === true);
  });

  test("defaults are values of their columns, and only where something may be left out", () => {
    for (const [key, column] of Object.entries(columns)) {
      if (column.options.default === undefined) continue;
      expect(column.options.optional, key).toBeUndefined();
      expect(column.is).toBe("field");
      expect(checkValue(column as Field<unknown, Options>, column.options.default, key)).toBe(column.options.default);
    }
  });

  test("hidden required columns can be filled by nobody but Lineal", () => {
    for (const [key, column] of Object.entries(columns))
      if (column.options.hidden) expect(column.options.editable, key).toBe(false);
  });

  test("relations lead to registries, and no name is taken twice", () => {
    for (const { to } of [...Object.values(links ?? {}), ...Object.values(derived ?? {})]) expect(names).toContain(to);
    for (const column of Object.values(columns)) if (column.is === "ref") expect(names).toContain(column.to);
    const { ones, manys } = relationsOf(name);
    const taken = [...TEXT, ...Object.keys(columns), ...Object.keys(derived ?? {}), ...manys];
    expect(taken.filter((key, i) => taken.indexOf(key) !== i)).toEqual([]);
    for (const key of ["any", "not", "id"]) expect(taken).not.toContain(key);
    for (const key of [...ones, ...manys])
      expect(relationOf(name, key), key).toMatchObject({ to: expect.any(String), many: manys.includes(key) });
  });

  test("what a derived relation follows is there", () => {
    for (const way of Object.values(derived ?? {})) {
      if (way.is === "newest") {
        expect(model[way.to as keyof typeof model].columns[way.by]).toMatchObject({ is: "ref", to: name });
        continue;
      }
      let at = name;
      for (const step of way.path) {
        const column = model[at].columns[step];
        expect(column?.is).toBe("ref");
        at = (column as { to: typeof name }).to;
      }
      expect(at).toBe(way.to);
    }
  });
});

test("uid lengths are those of the reference", () => {
  const lengths = Object.fromEntries(names.map((name) => [name, model[name].uid]));
  expect(lengths).toMatchObject({
    Artifact: 20,
    Collection: 20,
    Transform: 16,
    Run: 16,
    User: 8,
    Storage: 12,
    ULabel: 8,
    Record: 16,
    Feature: 12,
    Schema: 16,
    Project: 12,
    Reference: 12,
    Space: 12,
    Branch: 12,
  });
  expect(names).toHaveLength(14);
});
