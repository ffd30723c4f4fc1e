// The connection of one replica to the server: comes up, goes down, comes back, or stops for good.
import type { Clock, Random } from "./clock.ts";
import {
  type ClientMessage,
  ProtocolError,
  parseFrame,
  parseSnapshot,
  type ServerMessage,
  type Snapshot,
} from "./protocol.ts";
import type { ClosedReason } from "./status.ts";

/** One socket. */
export interface Transport {
  send(text: string): void;
  close(): void;
}

export interface TransportEvents {
  opened(): void;
  received(data: string | Uint8Array<ArrayBuffer>): void;
  closed(code: number): void;
}

/** Opens a socket; its events come later, never during the call. */
export type Connector = (url: string, events: TransportEvents) => Transport;

/** Inflates a gzip frame. */
export type Inflate = (bytes: Uint8Array<ArrayBuffer>) => string | Promise<string>;

/** Thrown by a token source when nobody is signed in any more. */
export class SignedOut extends Error {}

export interface LinkOptions {
  readonly url: string;
  readonly connect: Connector;
  /** The socket token; fresh asks for one that is newer than the last, which the server refused. */
  readonly token: (fresh: boolean) => Promise<string>;
  /**
   * Whether anything answers at the server's address; asked before a socket where the last did not open. Browsers hold
   * sockets back for seconds where many have failed, and do not hold back a question.
   */
  readonly reachable?: () => Promise<boolean>;
  readonly clock: Clock;
  readonly random: Random;
  readonly inflate: Inflate;
}

export interface LinkEvents {
  /** The socket is open: say hello. */
  opened(token: string): void;
  message(message: ServerMessage): void;
  snapshot(snapshot: Snapshot): void;
  /** The server did not understand what was sent; true when another try makes sense. */
  misunderstood(): boolean;
  /** Whether something that was sent waits for its answer. */
  waits(): boolean;
  /** The socket is gone; the link comes back by itself. */
  down(): void;
  stopped(why: ClosedReason): void;
}

const firstDelay = 250;
const longestDelay = 10_000;
/** Whoever was there a moment ago is likely to be back soon: the wait is at most this share of the time away, or 1 s. */
const shareOfAbsence = 0.1;
const longestAtFirst = 1_000;
const openWithin = 10_000;
const beatEvery = 20_000;
const answerWithin = 15_000;
const answerAwake = 4_000;
/** While ops wait and nothing at all comes: when to ask whether the line is there, and how soon that is answered. */
const askEvery = 3_000;
const answerAsked = 5_000;
/** What was sent before a question has to pass first: the slowest line that is waited for carries this much. */
const bytesPerMs = 4;
const answerAtMost = 30_000;

/** Codes after which coming back by itself would be of no use. */
const stops: { readonly [code: number]: ClosedReason } = {
  4400: "bad",
  4403: "revoked",
  4404: "gone",
  4409: "superseded",
  4426: "update",
};

export class Link {
  /**
   * True when the network seems to refuse WebSockets: two sockets in a row never opened, though the token came. Where
   * one opened before, the server is more likely away, and it takes eight.
   */
  blocked = false;

  readonly #options: LinkOptions;
  readonly #events: LinkEvents;
  #transport: Transport | undefined;
  #up = false;
  #stoppedFor: ClosedReason | undefined;
  #attempt = 0;
  #lostAt = 0;
  #unopened = 0;
  #everOpened = false;
  #tokenRefused = false;
  #retryMs: number | undefined;
  #faults = 0;
  #callOff: () => void = () => {};
  #callOffAsking: (() => void) | undefined;
  #heard = false;
  #heardAt = 0;
  #unheardBytes = 0;
  #said = false;
  #inflating = false;
  #later: (string | Uint8Array<ArrayBuffer>)[] = [];

  constructor(options: LinkOptions, events: LinkEvents) {
    this.#options = options;
    this.#events = events;
  }

  start(): void {
    void this.#connect();
  }

  /** Ends the link for good. */
  stop(why: ClosedReason): void {
    if (this.#stoppedFor !== undefined) return;
    this.#stoppedFor = why;
    this.#drop();
    this.#events.stopped(why);
  }

  send(messages: readonly ClientMessage[]): void {
    if (!this.#up || messages.length === 0) return;
    this.#said = true;
    const text = JSON.stringify(messages);
    this.#unheardBytes += text.length;
    this.#transport?.send(text);
    if (messages.some((message) => message.type === "ops")) this.#askLater();
  }

  /** The server took the hello: the next failure begins with a short delay again. */
  accepted(): void {
    this.#attempt = 0;
    this.#tokenRefused = false;
    this.#faults = 0;
  }

  /** Gives the socket up and comes back, at once or after a while in ms. */
  restart(wait = 0): void {
    if (this.#stoppedFor !== undefined) return;
    const wasUp = this.#up;
    this.#drop();
    if (wasUp) this.#events.down();
    this.#callOff = this.#options.clock.after(wait, () => void this.#connect());
  }

  /** Does not wait for the timer; after sleep, of page or network, it trusts no socket and no attempt from before. */
  wake(slept: boolean): void {
    if (this.#stoppedFor !== undefined) return;
    if (this.#up && slept) {
      this.#transport?.send(JSON.stringify([{ type: "beat" }]));
      this.#expectAnswer(answerAwake);
    } else if (!this.#up && (slept || this.#transport === undefined)) {
      this.#drop();
      void this.#connect();
    }
  }

  /** The browser has no network: no socket from before is trusted, and what waits is said to wait at once. */
  cut(): void {
    if (this.#stoppedFor === undefined && this.#up) this.#gone(1006);
  }

  #drop(): void {
    this.#callOff();
    this.#callOffAsking?.();
    this.#callOffAsking = undefined;
    this.#unheardBytes = 0;
    const transport = this.#transport;
    this.#transport = undefined;
    this.#up = false;
    this.#inflating = false;
    this.#later = [];
    transport?.close();
  }

  async #connect(): Promise<void> {
    const { clock, connect, url } = this.#options;
    let live = true;
    // Until the token is here this stands for the socket, so that nothing starts a second one.
    const mine: Transport = {
      send: () => {},
      close: () => {
        live = false;
      },
    };
    this.#transport = mine;
    if (this.#unopened > 0 && this.#options.reachable !== undefined) {
      const answers = await this.#options.reachable();
      if (!live) return;
      if (!answers) {
        this.#gone(1006, false);
        return;
      }
    }
    let token: string;
    try {
      token = await this.#options.token(this.#tokenRefused);
    } catch (error) {
      if (!live) return;
      if (error instanceof SignedOut) this.stop("signin");
      else this.#gone(1006, false);
      return;
    }
    if (!live) return;
    this.#retryMs = undefined;
    const transport = connect(url, {
      opened: () => {
        if (this.#transport !== transport) return;
        this.#up = true;
        this.blocked = false;
        this.#unopened = 0;
        this.#everOpened = true;
        this.#watch();
        this.#events.opened(token);
      },
      received: (data) => {
        if (this.#transport === transport) this.#receive(data);
      },
      closed: (code) => {
        if (this.#transport === transport) this.#gone(code);
      },
    });
    this.#transport = transport;
    this.#callOff = clock.after(openWithin, () => this.#gone(1006));
  }

  /** Says something when nothing was said or heard for a while, and gives up when nothing answers. */
  #watch(): void {
    this.#callOff();
    this.#callOff = this.#options.clock.after(beatEvery, () => {
      const silent = !this.#heard;
      if (silent || !this.#said) this.#transport?.send(JSON.stringify([{ type: "beat" }]));
      this.#said = false;
      if (silent) this.#expectAnswer(answerWithin);
      else this.#watch();
      this.#heard = false;
    });
  }

  /** A dead line is found out long before its next beat is due, when something waits for an answer. */
  #askLater(): void {
    if (this.#callOffAsking !== undefined) return;
    const from = this.#options.clock.now();
    this.#callOffAsking = this.#options.clock.after(askEvery, () => {
      this.#callOffAsking = undefined;
      if (!this.#up || !this.#events.waits()) return;
      const quiet = this.#options.clock.now() - Math.max(this.#heardAt, from);
      if (quiet < askEvery) {
        this.#askLater();
        return;
      }
      this.#transport?.send(JSON.stringify([{ type: "beat" }]));
      this.#expectAnswer(Math.min(answerAtMost, answerAsked + Math.ceil(this.#unheardBytes / bytesPerMs)));
    });
  }

  #expectAnswer(within: number): void {
    this.#heard = false;
    this.#callOff();
    this.#callOff = this.#options.clock.after(within, () => {
      if (!this.#heard) this.restart();
      else {
        this.#watch();
        if (this.#events.waits()) this.#askLater();
      }
    });
  }

  #receive(data: string | Uint8Array<ArrayBuffer>): void {
    this.#heard = true;
    this.#heardAt = this.#options.clock.now();
    this.#unheardBytes = 0;
    if (this.#inflating) {
      this.#later.push(data);
      return;
    }
    if (typeof data === "string") {
      this.#guard(() => {
        const transport = this.#transport;
        for (const message of parseFrame(data)) {
          if (message.type === "bye") this.#retryMs = message.retryMs;
          this.#events.message(message);
          if (this.#transport !== transport) return;
        }
      });
      return;
    }
    const inflated = this.#options.inflate(data);
    if (typeof inflated === "string") {
      this.#guard(() => this.#events.snapshot(parseSnapshot(inflated)));
      return;
    }
    const transport = this.#transport;
    this.#inflating = true;
    inflated.then(
      (text) => {
        if (this.#transport !== transport) return;
        this.#inflating = false;
        this.#guard(() => this.#events.snapshot(parseSnapshot(text)));
        for (let i = 0, held = this.#takeLater(); i < held.length && this.#transport === transport; i++) {
          const next = held[i];
          if (next !== undefined) this.#receive(next);
        }
      },
      () => {
        if (this.#transport === transport) this.#fault();
      },
    );
  }

  #takeLater(): readonly (string | Uint8Array<ArrayBuffer>)[] {
    const held = this.#later;
    this.#later = [];
    return held;
  }

  #guard(read: () => void): void {
    try {
      read();
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#fault();
    }
  }

  /** The server said something that is not in the protocol: load anew, and ask for a newer page if that does not help. */
  #fault(): void {
    this.#faults++;
    if (this.#faults >= 3) this.stop("update");
    else this.#gone(4500);
  }

  /** The connection is lost, or did not come about; asked says whether a socket was asked for at all. */
  #gone(code: number, asked = true): void {
    const wasUp = this.#up;
    this.#drop();
    const why = code === 4400 && this.#events.misunderstood() ? undefined : stops[code];
    if (why !== undefined || (code === 4401 && this.#tokenRefused)) {
      this.stop(why ?? "signin");
      return;
    }
    if (!wasUp && asked) {
      this.#unopened++;
      if (this.#unopened >= (this.#everOpened ? 8 : 2)) this.blocked = true;
    }
    if (code === 4401) this.#tokenRefused = true;
    const { clock } = this.#options;
    if (this.#attempt === 0) this.#lostAt = clock.now();
    const absence = (clock.now() - this.#lostAt) * shareOfAbsence;
    const longest = Math.min(longestDelay, Math.max(longestAtFirst, absence));
    const most = Math.min(longest, firstDelay * 2 ** Math.min(this.#attempt, 10));
    this.#attempt++;
    let delay = Math.ceil(most * this.#options.random());
    if (code === 4429) delay += 5_000;
    if (this.#retryMs !== undefined) delay = this.#retryMs;
    this.#callOff = clock.after(delay, () => void this.#connect());
    this.#events.down();
  }
}

/** Opens a browser's WebSocket. */
export function browserConnector(subprotocols: string): Connector {
  return (url, events) => {
    const socket = new WebSocket(url, subprotocols);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => events.opened();
    socket.onmessage = (event: MessageEvent<string | ArrayBuffer>) =>
      events.received(typeof event.data === "string" ? event.data : new Uint8Array(event.data));
    socket.onclose = (event) => events.closed(event.code);
    return {
      send: (text) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(text);
      },
      close: () => socket.close(),
    };
  };
}

/** Inflates by the browser's own means. */
export async function browserInflate(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).text();
}
