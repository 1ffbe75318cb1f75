// Saving what is shown as a file.

import { useState } from "preact/hooks";
import type { ViewProps } from "./pages.ts";
import { Button } from "./parts.tsx";
import { said } from "./rest.ts";

/** Files saves what is shown as CSV or XLSX: path is asked for in either format. */
export function Files({ view: { w, file }, path, name }: { view: ViewProps; path: string; name: string }) {
  const [state, setState] = useState({ busy: false, error: "" });
  const save = (format: "csv" | "xlsx") => {
    setState({ busy: true, error: "" });
    file(path + (path.includes("?") ? "&" : "?") + "format=" + format, name + "." + format).then(() => setState({ busy: false, error: "" }), (e: unknown) => setState({ busy: false, error: said(e) }));
  };
  return (
    <span class="files" role="group" aria-label={w.work.file}>
      <Button small kind="quiet" icon="file" busy={state.busy} label={w.work.csv + ", " + w.work.file} onClick={() => save("csv")}>{w.work.csv}</Button>
      <Button small kind="quiet" busy={state.busy} label={w.work.xlsx + ", " + w.work.file} onClick={() => save("xlsx")}>{w.work.xlsx}</Button>
      {state.error && <span class="error" role="alert">{state.error}</span>}
    </span>
  );
}
