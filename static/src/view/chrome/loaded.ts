// What the server is asked for again and again.
import { useRef, useState } from "preact/hooks";
import { call } from "../session.ts";

interface Loaded<T> {
  /** The newest answer; undefined before the first. */
  readonly loaded: T | undefined;
  /** Whether the newest question had no answer. */
  readonly failed: boolean;
}

/** Asks at a path whenever `load` is called. Answers may overtake each other: that to an older question is dropped. */
export function useLoaded<T extends object>(
  path: string,
): Loaded<T> & { readonly load: () => Promise<void> } {
  const [got, setGot] = useState<Loaded<T>>({ loaded: undefined, failed: false });
  const asked = useRef(0);
  const load = async (): Promise<void> => {
    const question = ++asked.current;
    const loaded = await call<T>(path).catch(() => undefined);
    if (question === asked.current)
      setGot((before) => ({ loaded: loaded ?? before.loaded, failed: loaded === undefined }));
  };
  return { ...got, load };
}
