import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { asID, type ID, textField } from "../board/record.ts";
import { applyDelta } from "../board/text.ts";
import type { Status } from "./status.ts";
import { FakeClock, settled } from "./testing/fake-clock.ts";
import { FakeServer, type FakeServerOptions } from "./testing/fake-server.ts";
import { Browser, calm, type Page, sampleRecords } from "./testing/page.ts";

const card = asID("card-1");

interface World {
  readonly server: FakeServer;
  readonly clock: FakeClock;
  readonly ana: Page;
  readonly ben: Page;
  readonly browsers: { readonly ana: Browser; readonly ben: Browser };
  calm(): Promise<void>;
}

async function world(options: FakeServerOptions = {}): Promise<World> {
  const clock = new FakeClock();
  const server = new FakeServer(sampleRecords, clock.now, options);
  const browsers = { ana: new Browser("ana", server, clock), ben: new Browser("ben", server, clock) };
  const w = {
    server,
    clock,
    browsers,
    ana: browsers.ana.open(),
    ben: browsers.ben.open(),
    calm: () => calm(server, clock),
  };
  await w.calm();
  return w;
}

function text(page: Page, id = card): string {
  return textField(page.replica.board.record(id), "text");
}

function type(page: Page, at: number, letters: string): void {
  const handle = page.replica.editText(card, "text");
  assert.ok(handle.change([at, letters]));
  handle.close();
}

describe("replica", () => {
  it("shows the own op at once and is saved when its entry is back", async () => {
    const w = await world();
    assert.equal(w.ana.replica.status.kind, "saved");
    w.ana.replica.propose([{ type: "moveCard", id: card, lane: asID("lane-2"), step: asID("step-3") }]);
    assert.equal(w.ana.replica.board.live(card)?.fields.lane, "lane-2");
    assert.deepEqual(w.ana.replica.status, { kind: "saving", pending: 1 });
    await w.calm();
    assert.equal(w.ana.replica.status.kind, "saved");
    assert.equal(w.ben.replica.board.live(card)?.fields.lane, "lane-2");
    assert.equal(w.ana.replica.figures.digest, w.server.board.publicDigest());
  });

  it("keeps the letters of two who type in one card", async () => {
    const w = await world();
    type(w.ana, 5, " A");
    type(w.ben, 0, "B ");
    await w.calm();
    assert.equal(text(w.ana), "B Tarif A");
    assert.equal(text(w.ben), "B Tarif A");
  });

  it("undo of typing leaves the letters that somebody else put in between", async () => {
    const w = await world();
    type(w.ana, 5, "abcd");
    await w.calm();
    type(w.ben, 7, "XY");
    await w.calm();
    assert.equal(text(w.ana), "TarifabXYcd");
    assert.equal(w.ana.replica.undo(), "done");
    await w.calm();
    assert.equal(text(w.ben), "TarifXY");
    assert.equal(w.ana.replica.redo(), "done");
    await w.calm();
    assert.equal(text(w.ben), "TarifabXYcd");
  });

  it("undo passes over typing that somebody else has deleted, so that redo brings back what undo took", async () => {
    const w = await world();
    type(w.ana, 0, "A");
    w.ana.replica.propose([{ type: "set", id: card, fields: { severity: 2 } }]);
    type(w.ana, 6, "xy");
    await w.calm();
    const handle = w.ben.replica.editText(card, "text");
    assert.ok(handle.change([6, -2]));
    handle.close();
    await w.calm();
    assert.equal(w.ana.replica.undo(), "done");
    assert.equal(w.ana.replica.board.live(card)?.fields.severity, undefined);
    assert.equal(w.ana.replica.redo(), "done");
    assert.equal(w.ana.replica.board.live(card)?.fields.severity, 2);
    assert.equal(w.ana.replica.redo(), "nothing");
  });

  it("undo within a field takes back the typing there, around the letters of others, and nothing else", async () => {
    const w = await world();
    const field = { id: card, field: "text" };
    w.ana.replica.propose([{ type: "set", id: card, fields: { severity: 2 } }]);
    const handle = w.ana.replica.editText(card, "text");
    for (const [at, letter] of [..."abc"].entries()) assert.ok(handle.change([5 + at, letter]));
    await w.calm();
    type(w.ben, 6, "X");
    await w.calm();
    assert.equal(handle.text, "TarifaXbc");
    assert.equal(w.ana.replica.undo({ id: card, field: "note" }), "nothing");
    assert.equal(w.ana.replica.undo(field), "done");
    assert.equal(handle.text, "TarifX");
    assert.equal(w.ana.replica.undo(field), "nothing");
    assert.equal(w.ana.replica.board.live(card)?.fields.severity, 2);
    assert.equal(w.ana.replica.redo(field), "done");
    assert.equal(handle.text, "TarifaXbc");
    handle.close();
    await w.calm();
    assert.equal(text(w.ben), "TarifaXbc");
  });

  it("undo brings nothing back that a snapshot has brought back already", async () => {
    const w = await world({ forgetful: () => true });
    const wire = w.server.wires.find((other) => other.person === w.browsers.ana.person);
    assert.ok(wire);
    wire.cut();
    type(w.ben, 5, "Y");
    type(w.ben, 0, "X");
    const handle = w.ana.replica.editText(card, "text");
    assert.ok(handle.change([2, -1]));
    handle.close();
    assert.equal(text(w.ana), "Taif");
    await w.calm();
    assert.equal(text(w.ana), "XTarifY", "what is erased within what others replaced comes back");
    assert.equal(w.ana.replica.undo(), "nothing");
    await w.calm();
    assert.equal(text(w.ben), "XTarifY");
  });

  it("undo takes back typing, and before it the adding of the card, unless others have typed in it", async () => {
    const w = await world();
    const id = w.ana.replica.newID("card");
    w.ana.replica.propose([{ type: "addCard", id, lane: asID("lane-1"), step: asID("step-2") }], "add");
    const handle = w.ana.replica.editText(id, "text");
    handle.change(["neu"]);
    handle.close();
    await w.calm();
    assert.equal(text(w.ben, id), "neu");
    assert.equal(w.ana.replica.undo(), "done");
    assert.equal(w.ana.replica.undo(), "done");
    await w.calm();
    assert.equal(w.ben.replica.board.live(id), undefined);
    assert.equal(w.ana.replica.redo(), "done");
    assert.equal(w.ana.replica.redo(), "done");
    await w.calm();
    assert.equal(text(w.ben, id), "neu");

    const theirs = w.ben.replica.editText(id, "text");
    theirs.change([3, "!"]);
    theirs.close();
    await w.calm();
    assert.equal(w.ana.replica.undo(), "done");
    assert.equal(w.ana.replica.undo(), "partly");
    await w.calm();
    assert.equal(text(w.ben, id), "!");
  });

  it("undo leaves a card in which others have typed while the page was away and was then given the board anew", async () => {
    const w = await world({ forgetful: () => true });
    const id = w.ana.replica.newID("card");
    w.ana.replica.propose([{ type: "addCard", id, lane: asID("lane-1"), step: asID("step-2") }], "add");
    await w.calm();
    w.server.wires.find((wire) => wire.person === w.browsers.ana.person)?.cut();
    const theirs = w.ben.replica.editText(id, "text");
    theirs.change(["!"]);
    theirs.close();
    await w.calm();
    assert.equal(text(w.ana, id), "!");
    assert.equal(w.ana.replica.undo(), "partly");
    await w.calm();
    assert.equal(text(w.ben, id), "!");
    assert.notEqual(w.ben.replica.board.live(id), undefined);
  });

  it("undo takes a card away that nobody else has touched, also when the page was given the board anew", async () => {
    const w = await world({ forgetful: () => true });
    const id = w.ana.replica.newID("card");
    w.server.wires.find((wire) => wire.person === w.browsers.ana.person)?.cut();
    w.ana.replica.propose([{ type: "addCard", id, lane: asID("lane-1"), step: asID("step-2") }], "add");
    type(w.ben, 0, "X");
    await w.calm();
    assert.equal(w.ana.replica.undo(), "done");
    await w.calm();
    assert.equal(w.ben.replica.board.live(id), undefined);
  });

  it("undo puts a card back where it stood, and leaves it where somebody else has put it", async () => {
    const w = await world();
    const move = (page: Page, step: string): void => {
      page.replica.propose([{ type: "moveCard", id: card, lane: asID("lane-1"), step: asID(step) }]);
    };
    move(w.ana, "step-2");
    await w.calm();
    assert.equal(w.ana.replica.undo(), "done");
    await w.calm();
    const order = w.ben.replica.board.children("card", "lane-1", "step-1").map((record) => record.id);
    assert.deepEqual(order, ["card-1", "card-2"]);
    assert.equal(w.ana.replica.redo(), "done");
    await w.calm();
    move(w.ben, "step-3");
    await w.calm();
    assert.equal(w.ana.replica.undo(), "partly");
    await w.calm();
    assert.equal(w.ana.replica.board.live(card)?.fields.step, "step-3");
  });

  it("sends again what was not acknowledged when the connection broke, and nothing twice", async () => {
    const w = await world();
    type(w.ana, 5, " eins");
    await w.clock.advance(200);
    for (const wire of [...w.server.wires])
      if (wire.person === w.browsers.ana.person) w.server.deliverable()[0]?.();
    w.server.crash();
    type(w.ana, 10, " zwei");
    await w.calm();
    assert.equal(text(w.ben), "Tarif eins zwei");
    assert.equal(w.ana.replica.figures.pending, 0);
  });

  it("a reload drains the outbox of the page before, whose last text is made to fit what others wrote", async () => {
    const w = await world();
    for (const wire of w.server.wires) if (wire.person === w.browsers.ana.person) wire.alive = false;
    type(w.ana, 5, " offline");
    w.ana.replica.propose([{ type: "set", id: asID("card-2"), fields: { color: "sky" } }]);
    w.ana.crash();
    type(w.ben, 0, "Der ");
    await w.calm();
    const again = w.browsers.ana.open();
    await w.calm();
    assert.equal(text(w.ben), "Der Tarif offline");
    assert.equal(w.ben.replica.board.live(asID("card-2"))?.fields.color, "sky");
    assert.equal(again.replica.figures.pending, 0);
    assert.equal(w.browsers.ana.disk.size, 0);
    const clients = new Set(w.server.log.filter((e) => e.by === w.browsers.ana.person).map((e) => e.client));
    again.replica.propose([{ type: "set", id: asID("card-2"), fields: { color: "sun" } }]);
    await w.calm();
    assert.ok(
      !clients.has(w.server.log.at(-1)?.client ?? ""),
      "a reload numbers its ops under a client of its own",
    );
  });

  it("a page that has typing waiting takes over a dead one's in the same text, which is in the log already", async () => {
    const w = await world();
    const tab = w.browsers.ana.open();
    await w.calm();
    const box = tab.replica.editText(card, "text");
    let seen = text(tab);
    box.onRemote((delta) => {
      seen = applyDelta(seen, delta) ?? "";
    });
    const mine = w.server.wires.filter((wire) => wire.person === w.browsers.ana.person);
    mine.at(-1)?.cut();
    const typed = [0, "Der "] as const;
    assert.ok(box.change(typed));
    seen = applyDelta(seen, typed) ?? "";
    type(w.ana, 5, " eins");
    await w.clock.advance(100); // it is sent, and decided, and nothing of it comes back
    while (w.server.log.length === 0) {
      const [deliver] = w.server.deliverable();
      assert.ok(deliver !== undefined, "the typing never came");
      deliver();
      await settled();
    }
    w.ana.crash();
    await w.calm();
    assert.equal(text(w.ben), "Der Tarif eins");
    assert.equal(text(tab), "Der Tarif eins");
    assert.equal(seen, "Der Tarif eins", "the box shows each letter once");
    assert.equal(tab.replica.figures.pending, 0);
    assert.equal(w.browsers.ana.disk.size, 0);
  });

  it("puts back what it had acknowledged when the log lost it", async () => {
    const w = await world();
    type(w.ana, 5, " fest");
    await w.calm();
    w.ana.replica.propose([{ type: "set", id: card, fields: { color: "leaf" } }]);
    await w.calm();
    w.server.loseTail(2);
    assert.equal(textField(w.server.board.record(card), "text"), "Tarif");
    await w.calm();
    assert.equal(text(w.ben), "Tarif fest");
    assert.equal(w.ben.replica.board.live(card)?.fields.color, "leaf");
    assert.equal(w.ana.replica.figures.digest, w.server.board.publicDigest());
  });

  it("puts back all of ten minutes, however many letters that are", async () => {
    const w = await world();
    const letters = Array.from({ length: 1200 }, (_, i) => String.fromCharCode(97 + (i % 26)));
    const handle = w.ana.replica.editText(card, "text");
    for (const [i, letter] of letters.entries()) {
      handle.change([5 + i, letter]);
      if (i % 40 === 39) await w.calm();
    }
    handle.close();
    await w.calm();
    const typed = `Tarif${letters.join("")}`;
    assert.equal(text(w.ben), typed);
    w.server.loseTail(5000);
    assert.equal(textField(w.server.board.record(card), "text"), "Tarif");
    await w.calm();
    await w.calm();
    assert.equal(text(w.ben), typed);
    assert.equal(w.ana.replica.figures.digest, w.server.board.publicDigest());
  });

  it("puts back what was done to a card that the log lost too, when its author has put that back", async () => {
    let away: ID | undefined;
    const w = await world({ away: (person) => person === away });
    const id = asID("card-new");
    w.ben.replica.propose([
      { type: "addCard", id, lane: asID("lane-1"), step: asID("step-1"), fields: { text: "Neu" } },
    ]);
    await w.calm();
    const handle = w.ana.replica.editText(id, "text");
    handle.change([3, "es"]);
    handle.close();
    w.ana.replica.propose([
      { type: "addCard", id: asID("card-own"), lane: asID("lane-1"), step: asID("step-1"), fields: {} },
    ]);
    await w.calm();
    away = w.browsers.ben.person;
    w.server.loseTail(3);
    await w.calm();
    assert.equal(w.server.board.record(id), undefined);
    assert.notEqual(
      w.ana.replica.status.kind,
      "saved",
      "it says that it has not been able to save everything",
    );
    away = undefined;
    await w.calm();
    await w.calm();
    assert.equal(text(w.ana, id), "Neues");
    assert.equal(textField(w.server.board.record(id), "text"), "Neues");
    assert.ok(w.server.board.live(asID("card-own")));
    assert.deepEqual(
      w.ana.notices.map((notice) => notice.kind),
      ["reset"],
    );
  });

  it("gives up waiting for a card that the log lost when nobody puts it back", async () => {
    const w = await world();
    const id = asID("card-new");
    w.ben.replica.propose([
      { type: "addCard", id, lane: asID("lane-1"), step: asID("step-1"), fields: { text: "Neu" } },
    ]);
    await w.calm();
    w.ana.replica.propose([{ type: "set", id, fields: { color: "sky" } }]);
    w.ana.replica.propose([{ type: "set", id: card, fields: { color: "sky" } }]);
    await w.calm();
    w.ben.crash();
    w.server.loseTail(3);
    await calm(w.server, w.clock, 90_000);
    assert.equal(w.server.board.live(card)?.fields.color, "sky");
    assert.equal(w.ana.replica.figures.pending, 0);
    assert.deepEqual(
      w.ana.notices.map((notice) => notice.kind),
      ["reset", "refused"],
    );
  });

  it("a reload drains an outbox whose first ops the log has lost without a trace", async () => {
    const w = await world();
    type(w.ana, 5, " fest");
    await w.calm();
    for (const wire of w.server.wires) if (wire.person === w.browsers.ana.person) wire.alive = false;
    w.ana.replica.propose([{ type: "set", id: asID("card-2"), fields: { color: "sky" } }]);
    w.ana.crash();
    w.ben.crash();
    w.server.loseTail(1, false);
    const again = w.browsers.ana.open();
    await w.calm();
    assert.equal(w.server.board.live(asID("card-2"))?.fields.color, "sky");
    assert.equal(again.replica.figures.pending, 0);
    assert.equal(w.browsers.ana.disk.size, 0);
    const own = w.server.log
      .filter((e) => e.by === w.browsers.ana.person)
      .map(({ n, refused }) => ({ n, refused }));
    assert.deepEqual(own, [
      { n: 1, refused: "gone" },
      { n: 2, refused: undefined },
    ]);
    assert.deepEqual(again.notices, [], "what only fills a number is no matter for anybody");
  });

  it("goes on typing where the server could not place the text any more", async () => {
    const w = await world();
    type(w.ana, 5, " eins");
    w.server.floor = 5;
    w.ana.replica.propose([{ type: "set", id: card, fields: { color: "leaf" } }]);
    await w.calm();
    w.server.floor = 0;
    await w.calm();
    assert.equal(text(w.ben), "Tarif eins");
    assert.equal(w.ben.replica.board.live(card)?.fields.color, "leaf");
    assert.deepEqual(w.ana.notices, []);
  });

  it("tells of a refused op and takes it back", async () => {
    const w = await world();
    w.ana.replica.propose(
      [{ type: "moveCard", id: card, lane: asID("lane-2"), step: asID("step-3") }],
      "move",
    );
    w.ben.replica.propose([{ type: "delete", id: card }], "delete");
    await w.calm();
    const [first] = [...w.ana.notices, ...w.ben.notices];
    const text = w.server.log.filter((e) => e.refused).map((e) => e.refused);
    assert.equal(w.ana.replica.figures.digest, w.ben.replica.figures.digest);
    if (text.length > 0) assert.equal(first?.kind, "refused");
    assert.equal(w.ana.replica.board.live(card), undefined);
  });

  it("reloads itself when its digest differs", async () => {
    const w = await world();
    const wire = w.server.wires.find((other) => other.person === w.browsers.ana.person);
    wire?.say({ type: "digest", seq: w.server.board.seq, public: "0000000000000001" });
    await w.calm();
    assert.equal(w.ana.replica.figures.reloads, 1);
    assert.equal(w.ana.replica.status.kind, "saved");
    assert.equal(w.server.differing, 1, "the server hears of it, and counts it");
  });

  it("asks a server whose digest goes on differing less and less often", async () => {
    const w = await world();
    w.server.board.publicDigest = () => "0000000000000001";
    const wire = w.server.wires.find((other) => other.person === w.browsers.ana.person);
    wire?.say({ type: "digest", seq: w.server.board.seq, public: "0000000000000001" });
    const end = w.clock.now() + 60_000;
    for (let i = 0; i < 2_000 && w.clock.now() < end; i++) {
      await settled();
      const [deliver] = w.server.deliverable();
      if (deliver !== undefined) deliver();
      else await w.clock.advance((w.clock.next ?? end) - w.clock.now());
    }
    const { differing } = w.server;
    assert.ok(differing > 2 && differing < 20, `said ${differing} times within a minute that it differs`);
  });

  it("sends no more ops at once than the server takes", async () => {
    const w = await world({ opsBurst: 7 });
    for (let i = 0; i < 20; i++) {
      const id = w.ana.replica.newID("sticky");
      assert.ok(w.ana.replica.propose([{ type: "add", id, fields: { x: i, y: 0, w: 1000, h: 1000 } }]));
    }
    await w.calm();
    assert.equal(w.ana.replica.status.kind, "saved");
    assert.ok(Math.max(...w.server.opsCame) <= 7, `sent ${w.server.opsCame}`);
    assert.equal(
      w.server.opsCame.reduce((sum, n) => sum + n, 0),
      20,
    );
  });

  it("keeps sealed cards to their author, and acknowledges them on a resume", async () => {
    const w = await world();
    const activity = w.ana.replica.newID("activity");
    w.ana.replica.propose([
      {
        type: "openActivity",
        id: activity,
        activityType: "collect",
        lane: asID("lane-2"),
        sealed: true,
        showCount: true,
      },
    ]);
    await w.calm();
    const id = w.ben.replica.newID("card");
    const fields = { activity, text: "geheim" };
    w.ben.replica.propose([{ type: "addCard", id, lane: asID("lane-2"), step: asID("step-1"), fields }]);
    await w.clock.advance(0);
    // The op reaches the server, its acknowledgement is lost.
    const wire = w.server.wires.find((other) => other.person === w.browsers.ben.person);
    assert.ok(wire);
    while (wire.up.length > 0) w.server.deliverable().at(-1)?.();
    wire.cut();
    await w.calm();
    assert.equal(w.ben.replica.figures.pending, 0);
    assert.equal(text(w.ben, id), "geheim");
    assert.equal(w.ana.replica.board.record(id), undefined);
    const handle = w.ben.replica.editText(id, "text");
    handle.change([6, "!"]);
    handle.close();
    await w.calm();
    w.ana.replica.propose([{ type: "closeActivity", id: activity }]);
    await w.calm();
    assert.equal(text(w.ana, id), "geheim!");
    assert.equal(w.ana.replica.figures.digest, w.server.board.publicDigest());
  });

  it("says offline after three seconds without a server, and that the edits are kept", async () => {
    const w = await world();
    w.server.crash();
    type(w.ana, 5, "!");
    assert.deepEqual(w.ana.replica.status, { kind: "saving", pending: 1 });
    await w.clock.advance(3_100);
    const status = w.ana.replica.status as Status;
    assert.ok(status.kind === "offline" && status.pending === 1 && status.kept);
    await w.calm();
    assert.equal(w.ana.replica.status.kind, "saved");
  });

  it("says offline when the server is there and saves nothing for eight seconds", async () => {
    const w = await world();
    w.server.hold();
    type(w.ana, 5, "!");
    await w.clock.advance(7_500);
    assert.equal(w.ana.replica.status.kind, "saving");
    await w.clock.advance(1_000);
    const status = w.ana.replica.status as Status;
    assert.ok(status.kind === "offline" && status.pending === 1 && status.kept && !status.blocked);
    w.server.letGo();
    await w.calm();
    assert.equal(w.ana.replica.status.kind, "saved");
  });

  it("says that WebSockets seem blocked where none opens, and of a server that is away only after many tries", async () => {
    const w = await world();
    // The sockets that pages have asked for since are refused, and time goes on until they ask again.
    const refuse = async (): Promise<void> => {
      for (const wire of w.server.wires) if (!wire.opened) wire.cut();
      await w.clock.advance(10_000);
    };
    w.server.crash();
    await w.clock.advance(10_000);
    for (let i = 0; i < 5; i++) await refuse();
    const blocked = (): boolean | undefined => {
      const status: Status = w.ana.replica.status;
      return status.kind === "offline" ? status.blocked : undefined;
    };
    assert.equal(blocked(), false);
    for (let i = 0; i < 5; i++) await refuse();
    assert.equal(blocked(), true);
    await w.calm();
    assert.equal(w.ana.replica.status.kind, "saved");

    const late = w.browsers.ben.open();
    await w.clock.advance(0);
    assert.deepEqual(late.replica.status, { kind: "opening", late: false, blocked: false });
    for (let i = 0; i < 2; i++) await refuse();
    assert.deepEqual(late.replica.status, { kind: "opening", late: true, blocked: true });
    late.replica.close();
  });

  it("gives up an op that the server cannot read, and only that", async () => {
    const w = await world({ poison: (op) => op.type === "set" });
    w.ana.replica.propose([{ type: "moveCard", id: card, lane: asID("lane-2"), step: asID("step-3") }]);
    w.ana.replica.propose([{ type: "set", id: card, fields: { color: "sky" } }], "colour");
    type(w.ana, 5, "!");
    await w.calm();
    assert.equal(w.ana.replica.status.kind, "saved");
    assert.deepEqual(
      w.ana.notices.map((notice) => notice.kind === "refused" && notice.label),
      ["colour"],
    );
    assert.equal(text(w.ben), "Tarif!");
    assert.equal(w.ben.replica.board.live(card)?.fields.lane, "lane-2");
  });

  it("shows the others' cursors and forgets them when the connection is gone", async () => {
    const w = await world();
    w.ana.replica.show({ at: { x: 10, y: 20 } });
    await w.calm();
    assert.deepEqual(
      [...w.ben.replica.peers.values()].map((peer) => peer.at),
      [{ x: 10, y: 20 }],
    );
    w.server.crash();
    assert.equal(w.ben.replica.peers.size, 0);
  });
});
