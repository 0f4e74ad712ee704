/** Questions as data: JSON of a question asks the same, and what cannot be asked is refused. */
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type AnyField,
  check,
  fieldsOf,
  type Filter,
  names,
  type Name,
  type Question,
  QuestionBuilder,
  relationOf,
  relationsOf,
} from "../../src/model/index.ts";
import { operators, operatorsOf } from "../../src/model/operators.ts";

class Asking<N extends Name> extends QuestionBuilder<N, Asking<N>> {
  protected override with(question: Question): Asking<N> {
    return new Asking(question);
  }

  get asked(): Question {
    return this.question;
  }
}

class SomeRecord {
  readonly uid: string;
  readonly more = { key: "not a filter" };
  constructor(uid: string) {
    this.uid = uid;
  }
  toJSON(): unknown {
    return { ...this, createdAt: "as records are printed" };
  }
}

const time = fc.date({ noInvalidDate: true, min: new Date("1970-01-01"), max: new Date("2100-01-01") });
const values: Record<AnyField["kind"], fc.Arbitrary<unknown>> = {
  text: fc.string({ unit: "binary" }),
  int: fc.maxSafeInteger(),
  real: fc.double({ noNaN: true, noDefaultInfinity: true }),
  bool: fc.boolean(),
  time: fc.oneof(
    time,
    time.map((date) => date.toISOString()),
  ),
  json: fc.oneof(fc.string({ unit: "binary" }), fc.integer(), fc.boolean(), time, fc.jsonValue()),
};

function testOf(field: AnyField): fc.Arbitrary<unknown> {
  if (field.kind === "json")
    return fc.oneof(
      fc.constant(null),
      fc.dictionary(fc.string({ unit: "binary", minLength: 1 }), fc.oneof(testOfOperators(field), values.json), {
        maxKeys: 2,
      }),
    );
  return fc.oneof(field.values ? fc.constantFrom(...field.values) : values[field.kind], testOfOperators(field));
}

function testOfOperators(field: AnyField): fc.Arbitrary<unknown> {
  const value = field.values ? fc.constantFrom(...field.values) : values[field.kind];
  const bound = field.kind === "json" ? fc.oneof(fc.integer(), fc.string()) : value;
  const operand = {
    value: fc.option(value),
    list: fc.array(fc.option(value), { maxLength: 3 }),
    bound,
    text: fc.string(),
    pattern: fc.constantFrom("^a.*b$", "[0-9]+"),
  };
  return fc
    .constantFrom(...operatorsOf(field.kind))
    .chain((name) => operand[operators[name].takes].map((value) => ({ [name]: value })));
}

function filterOf(name: Name, depth: number): fc.Arbitrary<Filter> {
  const fields = [...fieldsOf(name)].filter(([, { options }]) => !options.hidden);
  const { ones, manys } = relationsOf(name);
  const one = fc.constantFrom(...fields).chain(([key, field]) => testOf(field).map((test) => ({ [key]: test })));
  if (depth === 0 || ones.length + manys.length === 0) return one;
  const related = fc.constantFrom(...ones, ...manys).chain((key) => {
    const to = relationOf(name, key)?.to as Name;
    return fc
      .oneof(
        fc.constant(null),
        fc.constant({ not: null }),
        fc.string({ minLength: 1 }).map((uid) => new SomeRecord(uid)),
        filterOf(to, depth - 1),
      )
      .map((test) => ({ [key]: test }));
  });
  const inner = filterOf(name, depth - 1);
  return fc.oneof(
    one,
    related,
    inner.map((not) => ({ not })),
    fc.array(inner, { maxLength: 2 }).map((any) => ({ any })),
  );
}

const question = fc.constantFrom(...names).chain((name) => {
  const keys = [...fieldsOf(name)].flatMap(([key, { kind, options }]) =>
    options.hidden || kind === "json" ? [] : [key],
  );
  const shown = keys.filter((key) => !fieldsOf(name).get(key)?.options.lazy);
  return fc.record(
    {
      name: fc.constant(name),
      where: fc.array(filterOf(name, 2), { maxLength: 2 }),
      order: fc.array(
        fc.tuple(fc.constantFrom("", "-"), fc.constantFrom(...keys)).map(([sign, key]) => sign + key),
        { maxLength: 2 },
      ),
      search: fc.string({ unit: "binary" }),
      limit: fc.nat(),
      offset: fc.nat(),
      columns: fc.subarray([...shown, ...relationsOf(name).ones]),
    },
    { requiredKeys: ["name"] },
  );
});

test("any question, sent as JSON, asks the same", () => {
  fc.assert(
    fc.property(question, (asked) => {
      const received = JSON.parse(JSON.stringify(new Asking(asked))) as Question;
      expect(check(received)).toEqual(check(asked));
    }),
    { numRuns: 500 },
  );
});

test("steps build a question and leave the one before as it was", () => {
  const all = new Asking<"Run">({ name: "Run" });
  const some = all
    .filter({ status: "completed" })
    .filter({ transform: new SomeRecord("abc") })
    .orderBy("-startedAt")
    .limit(5)
    .offset(10)
    .search("x");
  expect(all.asked).toEqual({ name: "Run" });
  expect(some.toJSON()).toEqual({
    name: "Run",
    where: [{ status: "completed" }, { transform: { uid: "abc" } }],
    order: ["-startedAt"],
    limit: 5,
    offset: 10,
    search: "x",
  });
  expect(() => all.search(7 as never)).toThrow("search needs a text");
});

test.for<[unknown, string]>([
  [{ name: "Artefact" }, "Did you mean Artifact?"],
  [{ name: 7 }, "One of: Artifact, "],
  [{ name: "Run", wehre: [] }, "Did you mean where?"],
  [{ name: "Run", where: { status: "completed" } }, "Write where: [ … ]."],
  [{ name: "Run", where: [{ stauts: "completed" }] }, "Did you mean status?"],
  [{ name: "Run", order: "startedAt" }, "Write order: [ … ]."],
  [{ name: "Run", order: ["-startedat"] }, "Did you mean startedAt?"],
  [{ name: "Run", order: ["--startedAt"] }, "Did you mean startedAt?"],
  [{ name: "Run", order: ["params"] }, "One of: uid, "],
  [{ name: "Run", order: [7] }, "One of: uid, "],
  [{ name: "Artifact", order: ["stem"] }, "One of: uid, "],
  [{ name: "Run", limit: "5" }, "Write .limit(10)."],
  [{ name: "Run", offset: -1 }, "Write .offset(10)."],
  [{ name: "Run", search: 5 }, 'Write .search("ingest").'],
  [{ name: "Run", columns: ["status", "stat"] }, "Did you mean status?"],
  [{ name: "Transform", columns: ["sourceCode"] }, "One of: uid, "],
  [{ name: "Artifact", from: { name: "Run", key: "transform", uid: "x" } }, "Write from: "],
  [{ name: "Artifact", from: { name: "Run", key: "outputs" } }, "Write from: "],
  [{ name: "Transform", from: { name: "Run", key: "transform", uid: "x" } }, "Write from: "],
  ["Run", "Options: name, "],
])("%j cannot be asked", ([asked, hint]) => {
  expect(() => check(asked as Question)).toThrow(
    expect.objectContaining({ code: "invalid", hint: expect.stringContaining(hint) }),
  );
});
