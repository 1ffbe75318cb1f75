// The vectors that the handheld's other implementation is held to.
import { readFileSync } from "node:fs";
import path from "node:path";

/** root is the repository; tests run in server/web. */
export const root = path.resolve(process.cwd(), "../..");

export const json = (name: string): unknown => JSON.parse(readFileSync(path.join(root, name), "utf8"));

export const lines = (name: string): unknown[] =>
  readFileSync(path.join(root, name), "utf8").split("\n").filter((l) => l !== "").map((l) => JSON.parse(l) as unknown);
