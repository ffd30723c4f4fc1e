// Two replicas on the real server, over real sockets, while that server is killed and started again.
import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, it } from "node:test";
import { gunzipSync } from "node:zlib";
import { WebSocket } from "ws";
import { asID, type ID, textField } from "../board/record.ts";
import type { Connector } from "./link.ts";
import { MemoryStore } from "./outbox.ts";
import { subprotocol } from "./protocol.ts";
import { openReplica, type Replica } from "./replica.ts";

const folder = mkdtempSync(join(tmpdir(), "waymark-"));
const program = join(folder, "waymark");

before(() => {
  const built = spawnSync("go", ["build", "-o", program, "./server"], {
    cwd: join(process.cwd(), ".."),
    encoding: "utf8",
  });
  assert.equal(built.status, 0, built.stderr);
});

after(() => rmSync(folder, { recursive: true, force: true }));

interface Signed {
  readonly person: { readonly id: ID };
  readonly access: string;
  readonly socket: string;
  readonly board?: ID;
}

/** A server process on one port and one folder; it can be killed and started again. */
class Server {
  secret = "";
  #child: ChildProcess | undefined;
  readonly #port: number;

  constructor(port: number) {
    this.#port = port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async start(): Promise<void> {
    const args = ["-listen", `127.0.0.1:${this.#port}`, "-data", join(folder, "data"), "-log-level", "error"];
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
    this.#child = child;
    let said = "";
    await new Promise<void>((resolve, reject) => {
      const read = (chunk: Buffer): void => {
        said += chunk.toString();
        this.secret = /setup#(\S+)/.exec(said)?.[1] ?? this.secret;
        if (said.includes("Stop:")) resolve();
      };
      child.stdout?.on("data", read);
      child.stderr?.on("data", read);
      child.once("exit", () => reject(new Error(`the server ended: ${said}`)));
    });
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#child = undefined;
    child.removeAllListeners("exit");
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
  }

  async post<T>(path: string, body: object, access?: string): Promise<T> {
    const headers: Record<string, string> = {
      "Content-Type": "application/json",
      "X-Waymark": "1",
      Origin: this.url,
    };
    if (access !== undefined) headers.Authorization = `Bearer ${access}`;
    const answer = await fetch(this.url + path, { method: "POST", headers, body: JSON.stringify(body) });
    const text = await answer.text();
    assert.ok(answer.ok, `${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  }

  /** Opens a socket as a browser does. */
  readonly connect: Connector = (url, events) => {
    const socket = new WebSocket(url, subprotocol, { origin: this.url });
    socket.on("open", () => events.opened());
    socket.on("message", (data, binary) => {
      const bytes = data as Buffer;
      events.received(binary ? new Uint8Array(bytes) : bytes.toString("utf8"));
    });
    socket.on("error", () => {});
    socket.on("close", (code) => events.closed(code));
    return {
      send: (text) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(text);
      },
      close: () => socket.terminate(),
    };
  };

  open(signed: Signed, board: ID): Replica {
    return openReplica({
      board,
      socketUrl: `${this.url.replace("http", "ws")}/socket`,
      token: async () => signed.socket,
      store: new MemoryStore(),
      connect: this.connect,
      inflate: (bytes) => gunzipSync(bytes).toString("utf8"),
    });
  }
}

/** None that the system gives to clients: while the server is killed, such a one could be the end of any of theirs. */
async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const port = 15_000 + Math.floor(Math.random() * 17_000);
    const probe = createServer();
    const free = await new Promise<boolean>((resolve) => {
      probe.once("error", () => resolve(false));
      probe.listen(port, "127.0.0.1", () => resolve(true));
    });
    if (!free) continue;
    await new Promise((resolve) => probe.close(resolve));
    return port;
  }
  throw new Error("no free port");
}

/** Waits until something holds, looking whenever either replica has changed. */
async function until(what: string, holds: () => boolean): Promise<void> {
  const end = Date.now() + 120_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

it("two replicas converge on the real server, which is killed while they type", {
  timeout: 300_000,
}, async (t) => {
  const server = new Server(await freePort());
  t.after(() => server.kill());
  await server.start();
  const mira = await server.post<Signed>("/api/setup", {
    secret: server.secret,
    name: "Mira Kern",
    lang: "de",
  });
  const board = asID(mira.board ?? "");
  const invite = await server.post<{ url: string }>(
    `/api/boards/${board}/invites`,
    { role: "editor" },
    mira.access,
  );
  const secret = invite.url.slice(invite.url.indexOf("#") + 1);
  const jonas = await server.post<Signed>("/api/invites/join", {
    secret,
    name: "Jonas",
    department: "IT",
    lang: "de",
  });
  const replicas = [server.open(mira, board), server.open(jonas, board)] as const;
  const [a, b] = replicas;
  const calm = (): boolean => replicas.every((replica) => replica.status.kind === "saved");
  await until("both are there", calm);

  const lane = a.board.ofKind("lane")[0]?.id ?? "";
  const step = a.board.ofKind("step")[0]?.id ?? "";
  const card = a.newID("card");
  a.propose([{ type: "addCard", id: card, lane, step }]);
  await until("both have the card", () => calm() && b.board.live(card) !== undefined);

  const letters: string[] = [];
  const handles = replicas.map((replica) => replica.editText(card, "text"));
  for (let round = 0; round < 6; round++) {
    for (let i = 0; i < 40; i++) {
      const handle = handles[i % 2];
      const letter = String.fromCodePoint(0x4e00 + letters.length);
      const length = [...(handle?.text ?? "")].length;
      assert.ok(handle?.change([Math.floor((length * (i % 7)) / 7), letter].filter((part) => part !== 0)));
      letters.push(letter);
      if (i % 10 === 0) {
        const added = replicas[i % 2]?.newID("card") ?? card;
        replicas[i % 2]?.propose([{ type: "addCard", id: added, lane, step, fields: { text: letter } }]);
      }
      await new Promise((resolve) => setTimeout(resolve, 7));
      if (i === 20) {
        await server.kill();
        void server.start();
      }
    }
  }
  for (const handle of handles) handle.close();
  await until("everything is saved", () => calm() && a.figures.seq === b.figures.seq);
  assert.equal(a.figures.digest, b.figures.digest);
  const text = textField(a.board.live(card), "text");
  assert.equal(textField(b.board.live(card), "text"), text);
  assert.equal([...text].sort().join(""), letters.join(""), "every letter once");
  assert.equal(a.board.ofKind("card").length, b.board.ofKind("card").length);
  assert.deepEqual([a.figures.reloads, b.figures.reloads], [0, 0]);
  for (const replica of replicas) replica.close();
});
