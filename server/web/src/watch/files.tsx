// Saving what is shown as a file.

import { useState } from "preact/hooks";
import type { ViewProps } from "./pages.ts";
import { Button } from "./parts.tsx";
import { said } from "./rest.ts";

/** Files saves what is shown as CSV or XLSX: path is asked for in either format. what names it where a page has several. */
export function Files({ view: { w, file }, path, name, what = "" }: { view: ViewProps; path: string; name: string; what?: string }) {
  const [state, setState] = useState({ busy: false, error: "" });
  const save = (format: "csv" | "xlsx") => {
    setState({ busy: true, error: "" });
    file(path + (path.includes("?") ? "&" : "?") + "format=" + format, name + "." + format).then(() => setState({ busy: false, error: "" }), (e: unknown) => setState({ busy: false, error: said(e) }));
  };
  const label = [what, w.work.file].filter(Boolean).join(", ");
  return (
    <span class="files" role="group" aria-label={label}>
      {what && <span class="soft">{what}</span>}
      <Button small kind="quiet" icon="file" busy={state.busy} label={w.work.csv + ", " + label} onClick={() => save("csv")}>{w.work.csv}</Button>
      <Button small kind="quiet" busy={state.busy} label={w.work.xlsx + ", " + label} onClick={() => save("xlsx")}>{w.work.xlsx}</Button>
      {state.error && <span class="error" role="alert">{state.error}</span>}
    </span>
  );
}
