import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { after, before, it } from "node:test";
import { gzipSync } from "node:zlib";
import { sampleRecords } from "./testing/page.ts";

interface Answer {
  readonly out: readonly (readonly unknown[])[];
  readonly journal: readonly (readonly unknown[])[];
  readonly wake: number | null;
  readonly state: {
    readonly seq: number;
    readonly pending: number;
    readonly status: { readonly kind: string };
  };
  readonly fault?: string;
}

const folder = mkdtempSync(join(tmpdir(), "driver-"));
const bundle = join(folder, "driver.mjs");

before(() => {
  const built = spawnSync(process.execPath, ["driver.mjs", bundle], { encoding: "utf8" });
  assert.equal(built.status, 0, built.stderr);
});

after(() => rmSync(folder, { recursive: true }));

/** A driver process that answers one line with one. */
class Driver {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor() {
    this.#child = spawn(process.execPath, [bundle], { stdio: ["pipe", "pipe", "inherit"] });
    assert.ok(this.#child.stdout);
    const lines: Interface = createInterface({ input: this.#child.stdout });
    this.#lines = lines[Symbol.asyncIterator]();
  }

  async ask(command: object): Promise<Answer> {
    this.#child.stdin?.write(`${JSON.stringify(command)}\n`);
    const { value } = await this.#lines.next();
    return JSON.parse(value);
  }

  end(): void {
    this.#child.stdin?.end();
  }
}

const snapshot = {
  at: 1,
  batch: "batch-1",
  board: "board-1",
  epoch: 1,
  public: "",
  records: sampleRecords,
  seq: 1,
};

/** Opens a page, lets it join and act, and returns everything it answered. */
async function story(driver: Driver): Promise<readonly Answer[]> {
  const page = { page: "p1", socket: 1 };
  const answers: Answer[] = [];
  let at = 1_795_312_345_678;
  const ask = async (command: object): Promise<Answer> => {
    at += 50;
    const answer = await driver.ask({ ...page, at, ...command });
    assert.equal(answer.fault, undefined);
    answers.push(answer);
    return answer;
  };
  await ask({ do: "open", device: "d1", board: "board-1", seed: 7, letters: 0x4e00 });
  const hello = await ask({ do: "opened" });
  const sent = JSON.parse(String(hello.out[0]?.[2]));
  const client = sent[1].client;
  const welcome = {
    type: "welcome",
    session: "session-1",
    person: "person-1",
    role: "editor",
    epoch: 1,
    seq: 1,
    now: at,
    limits: { opsBurst: 240 },
  };
  await ask({ do: "frame", text: JSON.stringify([welcome]) });
  await ask({ do: "frame", gzip: gzipSync(JSON.stringify(snapshot)).toString("base64") });
  const mark = { type: "mark", client, n: 0, refused: [], seq: 1 };
  await ask({ do: "frame", text: JSON.stringify([{ type: "own", seq: 1, records: [] }, mark]) });
  for (let i = 0; i < 20; i++) await ask({ do: "act" });
  await ask({ do: "crash", loseLast: true });
  return answers;
}

it("drives a replica in lock-step, and the same commands give the same answers", async () => {
  const driver = new Driver();
  const first = await story(driver);
  await driver.ask({ do: "begin" });
  const second = await story(driver);
  driver.end();
  assert.deepEqual(second, first);
  assert.equal(first[4]?.state.status.kind, "saved");
  const last = first.at(-2);
  assert.ok(last && last.state.pending > 0 && last.wake !== null);
  const journal = first.flatMap((answer) => answer.journal);
  assert.ok(journal.some(([verb]) => verb === "put"));
  assert.ok(first.some((answer) => answer.out.some(([verb]) => verb === "send")));
});

it("comes back with the batch that it has heard of last, also when that came with the join", async () => {
  const driver = new Driver();
  let at = 1_795_312_345_678;
  const ask = async (command: object): Promise<Answer> => {
    at += 50;
    const answer = await driver.ask({ page: "p1", socket: 1, at, ...command });
    assert.equal(answer.fault, undefined);
    return answer;
  };
  const opened = async (socket: number) =>
    JSON.parse(String((await ask({ do: "opened", socket })).out[0]?.[2]));
  const told = (...messages: object[]) => ask({ do: "frame", text: JSON.stringify(messages) });
  await ask({ do: "open", device: "d1", board: "board-1", seed: 7, letters: 0x4e00 });
  const [, claim] = await opened(1);
  await told({
    type: "welcome",
    session: "session-1",
    person: "person-1",
    role: "editor",
    epoch: 1,
    seq: 2,
    now: at,
    limits: { opsBurst: 240 },
  });
  await ask({ do: "frame", gzip: gzipSync(JSON.stringify(snapshot)).toString("base64") });
  const entry = { at: 2, by: "person-1", changes: [], client: "", n: 0, seq: 2 };
  await told(
    { type: "entries", from: 2, to: 2, batch: "batch-2", items: [entry] },
    { type: "own", seq: 2, records: [] },
    { type: "mark", client: claim.client, n: 0, refused: [], seq: 2 },
  );
  const cut = await ask({ do: "closed", code: 1006 });
  at = Math.max(at, cut.wake ?? 0);
  const [verb, socket] = (await ask({ do: "time" })).out[0] ?? [];
  assert.equal(verb, "connect");
  const [hello] = await opened(Number(socket));
  driver.end();
  assert.deepEqual([hello.seq, hello.batch], [2, "batch-2"]);
});
