/** The console log of a run: what passes through this process's stdout and stderr, kept in a local file. */
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { redactSource } from "../ground/redact.ts";
import { printSize } from "../ground/size.ts";
import { settings } from "../registries/settings.ts";

/** What a run prints, while it is kept. */
export interface Output {
  /** All so far, as its report shows it. */
  text(): string;
  /** Keeps no more. */
  stop(): void;
  /** Removes the local copy: the database has the report now. */
  discard(): void;
}

/** A console log being written; the last one to stop gives both streams back as they were. */
export interface ConsoleCapture extends Output {
  /** Appends to the log only, not to the console; does nothing once stopped. */
  append(text: string): void;
}

/** The local file for a run's console log while it runs; its folder is made. */
export function logFile(runUid: string): string {
  const folder = join(settings.cacheDir, "runs");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return join(folder, `${runUid}.log`);
}

type Write = (...args: unknown[]) => boolean;
type Sink = (bytes: Uint8Array) => void;

const sinks = new Set<Sink>();
let restore: (() => void) | undefined;

/**
 * Copies everything written to this process's stdout and stderr into `file`, synchronously, until `stop()`.
 *
 * The first line is `header` and the warning that children with inherited stdio are not seen. Captures may nest or overlap.
 * After `limit` bytes (10 MB) one line says that the rest is missing. Secrets stay in the file: read it with `readReport`.
 */
export function captureConsole(options: { file: string; header?: string; limit?: number }): ConsoleCapture {
  const { file, header, limit = 10_000_000 } = options;
  const fd = openSync(file, "w", 0o600);
  let open = true;
  let size = 0;

  const append = (bytes: Uint8Array) => {
    if (!open || size > limit) return;
    size += bytes.byteLength;
    try {
      if (size <= limit) writeAll(fd, bytes);
      else {
        writeAll(fd, bytes.subarray(0, bytes.byteLength - (size - limit)));
        writeAll(fd, Buffer.from(`\n… truncated: this report holds the first ${printSize(limit)}\n`));
      }
    } catch {
      size = limit + 1; // a full disk must not stop the program whose output we copy
    }
  };
  const stop = () => {
    if (!open) return;
    open = false;
    sinks.delete(append);
    closeSync(fd);
    if (sinks.size > 0) return;
    restore?.();
    restore = undefined;
  };

  const note = "output of this process; what its children print with inherited stdio is not seen";
  writeAll(fd, Buffer.from(`# ${header === undefined ? "" : `${header.replace(/\s*\n\s*/g, " ")} · `}${note}\n`));
  sinks.add(append);
  restore ??= wrapStreams();
  return {
    append: (text) => append(Buffer.from(text)),
    text: () => readReport(file),
    stop,
    discard: () => rmSync(file, { force: true }),
  };
}

/** The text of a console log as it would be read: without escape codes, progress lines as they ended, secrets replaced; empty when it is gone. */
export function readReport(path: string): string {
  if (!existsSync(path)) return "";
  const text = stripVTControlCharacters(readFileSync(path, "utf8"));
  return redactSource(text.split(/\r*\n/).map(lastSegment).join("\n"));
}

function lastSegment(line: string): string {
  return line.split("\r").findLast((segment) => segment !== "") ?? "";
}

function wrapStreams(): () => void {
  const undo = [process.stdout, process.stderr].map((stream) => {
    const own = Object.getOwnPropertyDescriptor(stream, "write");
    const original = stream.write as unknown as Write;
    let active = true;
    const wrapped: Write = (...args) => {
      if (active) copy(args[0], args[1]);
      return original.apply(stream, args);
    };
    Object.defineProperty(stream, "write", {
      value: wrapped,
      writable: true,
      configurable: true,
      enumerable: own?.enumerable ?? true,
    });
    return () => {
      active = false;
      // Someone wrapped us in turn: taking ourselves out would take them out too, so we stay and only pass on.
      if ((stream.write as unknown as Write) !== wrapped) return;
      if (own) Object.defineProperty(stream, "write", own);
      else Reflect.deleteProperty(stream, "write");
    };
  });
  return () => {
    for (const step of undo) step();
  };
}

function copy(chunk: unknown, encoding: unknown): void {
  const bytes =
    typeof chunk === "string"
      ? Buffer.from(chunk, typeof encoding === "string" ? (encoding as BufferEncoding) : "utf8")
      : chunk;
  if (bytes instanceof Uint8Array) for (const sink of sinks) sink(bytes);
}

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.byteLength; ) done += writeSync(fd, bytes, done);
}
