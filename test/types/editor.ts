/** A tiny editor: asks the TypeScript language server what it shows of a name. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

/** What the language server sends: an answer to one of our ids, a question of its own, or news. */
interface Message {
  id?: number | string;
  method?: string;
  params?: { items?: unknown[] };
  result?: unknown;
  error?: unknown;
}

/** Shows names of one file. */
export interface Editor extends Disposable {
  /** The first line shown for the name that is declared by `const <name>`. */
  hover(name: string): Promise<string>;
}

/** Opens a file; `tsc` is the compiler's program, which serves editors too. */
export async function edit(tsc: string, file: string): Promise<Editor> {
  const server = spawn(process.execPath, [tsc, "--lsp", "--stdio"], { stdio: ["pipe", "pipe", "ignore"] });
  const waiting = new Map<Message["id"], { resolve: (result: unknown) => void; reject: (reason: Error) => void }>();
  let received = Buffer.alloc(0);
  let asked = 0;

  server.on("exit", (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`the language server ended with exit code ${code}`));
  });
  server.stdin.on("error", () => {}); // It ended: whoever waits hears of it above.
  server.stdout.on("data", (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    for (;;) {
      const head = received.indexOf("\r\n\r\n");
      const length = Number(/Content-Length: (\d+)/i.exec(received.toString("latin1", 0, Math.max(head, 0)))?.[1]);
      if (head < 0 || received.length < head + 4 + length) return;
      hear(JSON.parse(received.toString("utf8", head + 4, head + 4 + length)) as Message);
      received = received.subarray(head + 4 + length);
    }
  });

  function say(message: object): void {
    const text = JSON.stringify({ jsonrpc: "2.0", ...message });
    server.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  }

  function hear({ id, method, params, result, error }: Message): void {
    if (id === undefined) return;
    // It asks for settings, which we have none of, and waits for the answer.
    if (method) return say({ id, result: params?.items?.map(() => null) ?? null });
    if (error) waiting.get(id)?.reject(new Error(JSON.stringify(error)));
    else waiting.get(id)?.resolve(result);
    waiting.delete(id);
  }

  function ask(method: string, params: object): Promise<unknown> {
    return new Promise((resolve, reject) => {
      waiting.set(++asked, { resolve, reject });
      say({ id: asked, method, params });
    });
  }

  const text = readFileSync(file, "utf8");
  const uri = pathToFileURL(file).href;
  await ask("initialize", {
    processId: process.pid,
    rootUri: null,
    capabilities: { textDocument: { hover: { contentFormat: ["plaintext"] } } },
  });
  say({ method: "initialized", params: {} });
  say({
    method: "textDocument/didOpen",
    params: { textDocument: { uri, languageId: "typescript", version: 1, text } },
  });

  return {
    async hover(name) {
      const lines = text.split("\n");
      const line = lines.findIndex((one) => one.startsWith(`const ${name} = `));
      const shown = (await ask("textDocument/hover", {
        textDocument: { uri },
        position: { line, character: "const ".length },
      })) as { contents: { value: string } } | null;
      return shown?.contents.value.split("\n")[0] ?? "";
    },
    [Symbol.dispose]() {
      server.kill();
    },
  };
}
