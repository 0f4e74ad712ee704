/** Preloaded into test scripts: lets a script outside the checkout import "lineal" as if it were installed there. */
import { registerHooks } from "node:module";

const inside = new URL("../../", import.meta.url).href;

registerHooks({
  resolve(specifier, context, next) {
    const outside = specifier === "lineal" && !context.parentURL?.startsWith(inside);
    return next(specifier, outside ? { ...context, parentURL: `${inside}package.json` } : context);
  },
});
