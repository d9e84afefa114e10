// Writes one line of JSON for each finished page test, for `cargo xtask test` to read. Prints nothing for people.

import { basename } from "node:path";

export default async function* reporter(events) {
  for await (const { type, data } of events) {
    if (type !== "test:pass" && type !== "test:fail") continue;
    // A file is a test to the runner, too; only what stands in files is of interest, or a file that could not run at all.
    const isFile = data.nesting === 0 && data.name.endsWith(".test.mjs");
    if (data.details?.type === "suite" || (isFile && type === "test:pass")) continue;
    const outcome = data.skip !== undefined || data.todo !== undefined ? "skipped" : type === "test:pass" ? "passed" : "failed";
    const suite = basename(data.file ?? data.name).replace(/\.test\.mjs$/, "");
    yield JSON.stringify({ suite, name: data.name, outcome }) + "\n";
  }
}
