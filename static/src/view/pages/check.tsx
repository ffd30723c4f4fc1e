// What stands between this browser and the server: the page, the API, the WebSocket, the device's storage.
import { useEffect, useState } from "preact/hooks";
import { protocolVersion, subprotocol } from "../../collab/protocol.ts";
import { under } from "../assets.ts";
import { Icon } from "../chrome/parts.tsx";
import { answers } from "../network.ts";
import { w } from "../words/index.ts";
import { SignFrame } from "./frame.tsx";

type Result = "running" | "good" | "bad";

/**
 * Opens a socket and says hello as nobody. The server refuses that by a code of its own (4000 and above, rule S6), so
 * words have crossed both ways; what stands between and opens a socket by itself does not know them.
 */
function socket(): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = new WebSocket(under("socket").replace(/^http/, "ws"), subprotocol);
    const end = (good: boolean): void => {
      clearTimeout(timer);
      probe.close();
      resolve(good);
    };
    const timer = setTimeout(() => end(false), 8000);
    const hello = { type: "hello", token: "none", board: "board-check", epoch: 0, seq: -1, batch: "" };
    probe.onopen = () => probe.send(JSON.stringify([{ ...hello, protocol: protocolVersion }]));
    probe.onclose = (event) => end(event.code >= 4000);
  });
}

function storage(): Promise<boolean> {
  return new Promise((resolve) => {
    try {
      const request = indexedDB.open("waymark-check");
      request.onsuccess = () => {
        request.result.close();
        indexedDB.deleteDatabase("waymark-check");
        resolve(true);
      };
      request.onerror = () => resolve(false);
    } catch {
      resolve(false);
    }
  });
}

const checks = { api: answers, socket, storage } as const;
type Check = keyof typeof checks;

export function CheckPage() {
  const [results, setResults] = useState<Readonly<Record<Check, Result>>>({
    api: "running",
    socket: "running",
    storage: "running",
  });
  useEffect(() => {
    for (const [name, run] of Object.entries(checks)) {
      void run().then((good) => setResults((before) => ({ ...before, [name]: good ? "good" : "bad" })));
    }
  }, []);
  return (
    <SignFrame title={w().check.title} text={w().check.text}>
      <ul class="checks">
        {(Object.keys(checks) as Check[]).map((name) => (
          <li key={name} class={results[name]}>
            <Icon
              name={
                results[name] === "running"
                  ? "loader-circle"
                  : results[name] === "good"
                    ? "check"
                    : "circle-alert"
              }
            />
            <span class="grow">
              <b class="b">{w().check[name]}</b>
              <small>
                {results[name] === "bad"
                  ? w().check.advice[name]
                  : results[name] === "good"
                    ? w().check.good
                    : ""}
              </small>
            </span>
          </li>
        ))}
      </ul>
    </SignFrame>
  );
}
