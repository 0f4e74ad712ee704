/** Progress of long work: one line on a terminal's stderr, nothing anywhere else. */

import { printSize } from "../ground/size.ts";

/** Milliseconds before anything is shown. */
const PATIENCE = 700;
const REFRESH = 100;

export interface Bar {
  update(done: number, total: number | undefined): void;
  stop(): void;
}

/** Shows how far a piece of work is, once it takes long; amounts in bytes. */
export function progress(label: string, stream: NodeJS.WriteStream = process.stderr): Bar {
  const start = Date.now();
  let shown = 0;
  return {
    update(done, total) {
      const now = Date.now();
      if (!stream.isTTY || now - start < PATIENCE || now - shown < REFRESH) return;
      shown = now;
      const share = total ? ` ${Math.floor((100 * done) / total)} %` : "";
      stream.write(
        `\r\x1b[K${label.slice(0, 50)}${share}  ${printSize(done)}${total ? ` of ${printSize(total)}` : ""}`,
      );
    },
    stop() {
      if (shown) stream.write("\r\x1b[K");
    },
  };
}
