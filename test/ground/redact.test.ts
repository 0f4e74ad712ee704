/** Redaction: what is hidden, what is left alone, and that it is stable. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { redactArgs, redactParams, redactSource } from "../../src/ground/redact.ts";

const R = "***REDACTED***";
const isSecretName = (name: string): boolean => redactParams({ [name]: "x" })[name] === R;

// put together here so that no scanner takes this file for a leak
const shapes = [
  `AKIA${"ABCDEFGHIJKLMNOP"}`,
  `ghp_${"a1B2".repeat(9)}`,
  `github_pat_${"a1B2_".repeat(6)}`,
  `sk-${"abcdefghijklmnopqrst"}`,
  `sk-proj-${"ab1-".repeat(8)}`,
  `xoxb-${"123456789012-abc"}`,
  `eyJ${"hbGciOiJIUzI1NiJ9"}.eyJ${"zdWIiOiIxMjM0In0"}.${"dozjgNryP4J3jVmN"}`,
];

describe("redactSource hides", () => {
  test.each([
    ["const", `const apiKey = "abc";`, `const apiKey = "${R}";`],
    ["single quotes", `let token = 'a\\'bc'`, `let token = '${R}'`],
    ["typed", `const dbPassword: string | undefined = "abc";`, `const dbPassword: string | undefined = "${R}";`],
    ["python", `API_KEY = 'abc'  # mine`, `API_KEY = '${R}'  # mine`],
    ["python typed", `password: str = "abc"`, `password: str = "${R}"`],
    ["python prefix", `secret = rb"abc"`, `secret = rb"${R}"`],
    ["python triple", `private_key = """a\nb\nc"""`, `private_key = """${R}\n\n"""`],
    ["object property", `{ "client_secret": "abc", user: "u" }`, `{ "client_secret": "${R}", user: "u" }`],
    ["header name", `headers = { "x-api-key": "abc" }`, `headers = { "x-api-key": "${R}" }`],
    ["keyword argument", `connect(user="u", passwd="abc", auth='x')`, `connect(user="u", passwd="${R}", auth='${R}')`],
    ["member", `process.env.GITHUB_TOKEN = "abc"`, `process.env.GITHUB_TOKEN = "${R}"`],
    ["subscript", `os.environ["DB_PASSWORD"] = "abc"`, `os.environ["DB_PASSWORD"] = "${R}"`],
    ["fallback", `const token = process.env.TOKEN ?? "abc"`, `const token = process.env.TOKEN ?? "${R}"`],
    ["python fallback", `t = os.environ["API_TOKEN"] or "abc"`, `t = os.environ["API_TOKEN"] or "${R}"`],
    [
      "call by name",
      `os.getenv("API_KEY", "abc"); h.set("Authorization", "abc")`,
      `os.getenv("API_KEY", "${R}"); h.set("Authorization", "${R}")`,
    ],
    ["pair", `requests.get(url, auth=("user", "abc"))`, `requests.get(url, auth=("${R}", "${R}"))`],
    ["concatenation", `secret = "ab" + "cd" + e`, `secret = "${R}" + "${R}" + e`],
    ["template", "const token = `a\nb`;", `const token = \`${R}\n\`;`],
    ["R", `password <- "abc"`, `password <- "${R}"`],
    ["JSON inside a string", `"api_key = \\"abc\\"\\n"`, `"api_key = \\"${R}\\"\\n"`],
    ["shell", `export API_KEY=abc\nPGPASSWORD=abc psql`, `export API_KEY=${R}\nPGPASSWORD=${R} psql`],
    ["shell command prefix", `DB_PASSWORD=abc psql -h x`, `DB_PASSWORD=${R} psql -h x`],
    ["shell quotes", `TOKEN="abc def"`, `TOKEN="${R}"`],
    [
      "flags",
      `tool --token abc --api-key=x1 --name n --password 'a b'`,
      `tool --token ${R} --api-key=${R} --name n --password '${R}'`,
    ],
    [
      "URL",
      `db = connect("postgres://me:pa:ss@db.example.org/x?y=1")`,
      `db = connect("postgres://${R}@db.example.org/x?y=1")`,
    ],
    ["URL without user", `redis://:abc@localhost:6379/0`, `redis://${R}@localhost:6379/0`],
    [
      "signed URL",
      `"https://x.org/f?X-Amz-Signature=abc&part=1&token=t"`,
      `"https://x.org/f?X-Amz-Signature=${R}&part=1&token=${R}"`,
    ],
    ["header line", `curl -H "Authorization: Bearer abc.def" x`, `curl -H "Authorization: Bearer ${R}" x`],
  ])("%s", (_, text, expected) => {
    expect(redactSource(text)).toBe(expected);
  });

  test.each(shapes)("the shape %s", (shape) => {
    expect(redactSource(`f("${shape}")`)).toBe(`f("${R}")`);
  });

  test("private keys, line by line", () => {
    const key = `-----BEGIN RSA PRIVATE KEY-----\nMIIEabcdEFGH1234+/\nxyzw\n-----END RSA PRIVATE KEY-----`;
    expect(redactSource(`const pem = \`${key}\`;\nnext()`)).toBe(
      `const pem = \`-----BEGIN RSA PRIVATE KEY-----\n${R}\n${R}\n-----END RSA PRIVATE KEY-----\`;\nnext()`,
    );
    const oneLine = `"-----BEGIN PRIVATE KEY-----\\nMIIEabcd\\n-----END PRIVATE KEY-----"`;
    expect(redactSource(oneLine)).toBe(`"-----BEGIN PRIVATE KEY-----\\n${R}\\n-----END PRIVATE KEY-----"`);
  });
});

test.each([
  `tokenizer = "bert"`,
  `const tokens = 512`,
  `password: z.string()`,
  `const maxTokens = "512"; pad_token = "<pad>"`,
  `const token = getToken("name");`,
  `if (password === "abc") deny();`,
  `token != "abc"`,
  `const password = "";`,
  `const key = "data/a.csv"; const primaryKey = "id"; const storageKey = "x"`,
  `const url = "https://example.org:8080/@scope/pkg"; git clone ssh://git@host/repo`,
  "const db = `postgres://${user}:${password}@${host}/x`;",
  `url = f"postgres://{user}:{password}@{host}/x"`,
  "const headers = { Authorization: `Bearer ${token}` };",
  `TOKEN="$OTHER"\nexport PASSWORD=$(cat file)`,
  `type Auth = "basic" | "bearer";`,
  `interface X { auth: "basic" | "none" }`,
  `connect(token=token, password=None)`,
  `if (text.includes("-----BEGIN PRIVATE KEY-----") && !text.includes("-----END PRIVATE KEY-----")) x();`,
  `pass --token to log in`,
  `.sk-cube-grid { color: red } task-management-is-what-we-do`,
  `secretName = "db-credentials"; tokenType = "Bearer"; passwordField = "#pw"`,
])("redactSource leaves alone: %s", (text) => {
  expect(redactSource(text)).toBe(text);
});

test("names", () => {
  const secret =
    "apiKey API_KEY apikey openaiApiKey x-api-key password DB_PASSWORD passwd pwd userPassword clientSecret private_key AWS_SECRET_ACCESS_KEY authToken auth Authorization githubToken TOKEN_PROD password2 db_pass HTTPPassword";
  const plain =
    "key tokens tokenizer maxToken eosToken author authority primary_key password_length secretary bypass lowPass keyword monkey sortKey";
  expect(secret.split(" ").filter((name) => !isSecretName(name))).toEqual([]);
  expect(plain.split(" ").filter(isSecretName)).toEqual([]);
});

test("redactArgs", () => {
  expect(
    redactArgs([
      "--token",
      "abc",
      "--api-key=abc",
      "-n",
      "3",
      "DB_PASSWORD=x",
      "--dry-run",
      "--no-auth",
      "x",
      "in.csv",
    ]),
  ).toEqual(["--token", R, `--api-key=${R}`, "-n", "3", `DB_PASSWORD=${R}`, "--dry-run", "--no-auth", "x", "in.csv"]);
  expect(redactArgs(["--db", "postgres://me:pw@host/x", "--token", "--verbose", "--url=mysql://a:b@c"])).toEqual([
    "--db",
    R,
    "--token",
    "--verbose",
    `--url=mysql://${R}@c`,
  ]);
  expect(redactArgs(["--password", "-starts-with-dash", "out"])).toEqual(["--password", R, "out"]);
});

test("redactParams", () => {
  const redactValue = (name: string, value: unknown) => redactParams({ [name]: value })[name];
  expect(redactValue("token", "abc")).toBe(R);
  expect(redactValue("token", 5)).toBe(R);
  expect(redactValue("token", null)).toBe(null);
  expect(redactValue("password", "")).toBe("");
  expect(redactValue("db", "postgresql://me:pw@host:5432/x")).toBe(R);
  expect(redactValue("note", `see ${shapes[0]}`)).toBe(`see ${R}`);
  const when = new Date(0);
  expect(
    redactParams({
      lr: 0.1,
      tokens: 5,
      when,
      model: { apiKey: "abc", name: "n" },
      credentials: { user: "u", list: ["a", 1, true] },
      urls: ["x", "a://b:c@d"],
    }),
  ).toEqual({
    lr: 0.1,
    tokens: 5,
    when,
    model: { apiKey: R, name: "n" },
    credentials: { user: R, list: [R, R, true] },
    urls: ["x", R],
  });
  const cyclic: Record<string, unknown> = { token: "abc" };
  cyclic.self = cyclic;
  const clean = redactParams(cyclic);
  expect(clean.token).toBe(R);
  expect(clean.self).toBe(clean);
});

const piece = fc.oneof(
  fc.constantFrom(
    ...shapes,
    "token",
    "apiKey",
    "password",
    "auth",
    " = ",
    ": ",
    "=",
    "--",
    "export ",
    "\n",
    '"',
    "'",
    "`",
    '"""',
    "\\",
    "(",
    ",",
    "+",
    "://",
    "a",
    ":",
    "@",
    "?",
    "&",
    R,
    "${x}",
    "-----BEGIN PRIVATE KEY-----",
    "-----END PRIVATE KEY-----",
    "or",
    "|",
    "type ",
  ),
  fc.string({ maxLength: 6 }),
);
const text = fc.array(piece, { maxLength: 25 }).map((pieces) => pieces.join(""));

test("redactSource keeps the number of lines and is idempotent", () => {
  fc.assert(
    fc.property(text, (source) => {
      const once = redactSource(source);
      expect(once.split("\n").length).toBe(source.split("\n").length);
      expect(redactSource(once)).toBe(once);
    }),
    { numRuns: 2000 },
  );
});

test("a quoted secret never survives", () => {
  const secret = fc
    .stringMatching(/^[A-Za-z0-9 _.:;!?*-]{4,30}$/)
    .filter((value) => value.trim().length >= 4 && !"password".includes(value.trim()) && !R.includes(value.trim()));
  const form = fc.constantFrom(
    "password = 'X'",
    'const apiKey: string = "X";',
    '{ "client_secret": "X" }',
    "f(token=`X`)",
    "export DB_PASSWORD='X'",
  );
  fc.assert(
    fc.property(secret, form, (value, shape) => {
      expect(redactSource(shape.replace("X", () => value))).toBe(shape.replace("X", () => R));
    }),
  );
});

test("takes long lines in its stride", () => {
  const blob = "QUJD".repeat(250_000);
  expect(redactSource(`const data = "${blob}";`)).toBe(`const data = "${blob}";`);
  expect(redactSource("token".repeat(100_000))).toBe("token".repeat(100_000));
  expect(redactSource("a://".repeat(50_000))).toBe("a://".repeat(50_000));
});
