// The choice of a file to import, behind whatever button.
import type { RefObject } from "preact";
import { importFile } from "./boards.ts";

export function ImportInput({ of }: { readonly of: RefObject<HTMLInputElement | null> }) {
  return (
    <input
      ref={of}
      type="file"
      accept="application/json,.json"
      hidden
      onChange={(event) => {
        const chosen = event.currentTarget.files?.[0];
        if (chosen !== undefined) void importFile(chosen);
        event.currentTarget.value = ""; // or the same name could not be chosen once more
      }}
    />
  );
}
