// A line is a TCP proxy between browsers and the server that knows where a WebSocket frame ends: it lets everything through, and
// can hold back, drop or cut at exactly one frame.
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server as NetServer, type Socket } from "node:net";

/** What to do with a frame from the server: hand it on, lose it and cut the connection, or wait first. */
export type Verdict = "pass" | "cut" | { readonly holdUntil: Promise<unknown> };

export class Line {
  /** Asked for each text message that the server sends. */
  judge: (message: string) => Verdict = () => "pass";
  /** The port of the server. */
  target = 0;
  /** Whether WebSockets get through, are cut, or are refused as by a proxy that knows none; pages do in any case. */
  sockets: boolean | "refused" = true;
  private readonly listener: NetServer;
  private readonly open = new Set<Socket>();

  private constructor(listener: NetServer) {
    this.listener = listener;
    listener.on("connection", (near) => this.carry(near));
  }

  static async start(): Promise<Line> {
    const listener = createServer();
    listener.listen(0, "127.0.0.1");
    await once(listener, "listening");
    return new Line(listener);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.listener.address() as AddressInfo).port}`;
  }

  /** Cuts every connection that is open now. */
  cut(): void {
    for (const socket of this.open) socket.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    this.listener.close();
    await once(this.listener, "close");
  }

  private carry(near: Socket): void {
    const far = connect(this.target, "127.0.0.1");
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.open.add(one);
      one.on("error", () => undefined); // "close" follows
      one.on("close", () => {
        this.open.delete(one);
        other.destroy();
      });
    }
    near.once("data", (head: Buffer) => {
      if (this.sockets !== true && head.subarray(0, 64).toString("latin1").includes("/socket")) {
        if (this.sockets === "refused")
          near.end("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        else near.destroy();
        return;
      }
      far.write(head);
      near.pipe(far);
    });
    this.deliver(far, near)
      .catch(() => undefined)
      .finally(() => {
        near.destroy();
        far.destroy();
      });
  }

  private async deliver(far: Socket, near: Socket): Promise<void> {
    const reader = new Reader(far);
    const head = await reader.head();
    near.write(head);
    if (!/^HTTP\/1\.1 101 /.test(head.toString("latin1"))) {
      for await (const rest of reader.rest()) near.write(rest);
      near.end();
      return;
    }
    let message: Buffer[] = [];
    for (;;) {
      const frame = await reader.frame();
      if (frame === undefined) return;
      if (frame.opcode <= 1) {
        message.push(frame.payload);
        if (frame.final) {
          const verdict = this.judge(Buffer.concat(message).toString("utf8"));
          message = [];
          if (verdict === "cut") return;
          if (verdict !== "pass") await verdict.holdUntil;
        }
      }
      near.write(frame.raw);
    }
  }
}

interface Frame {
  readonly final: boolean;
  readonly opcode: number;
  readonly payload: Buffer;
  readonly raw: Buffer;
}

/** Reads what a server sends: the head of its answer, then frames, or the rest as it is. */
class Reader {
  private have = Buffer.alloc(0);
  private readonly chunks: AsyncIterator<Buffer>;

  constructor(socket: Socket) {
    this.chunks = socket[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  async head(): Promise<Buffer> {
    for (;;) {
      const end = this.have.indexOf("\r\n\r\n");
      if (end >= 0) return this.take(end + 4);
      if (!(await this.more())) throw new Error("the connection ended before an answer");
    }
  }

  /** A frame of a server is not masked (RFC 6455, section 5.2). */
  async frame(): Promise<Frame | undefined> {
    if (!(await this.atLeast(2))) return undefined;
    const [first, second] = [this.have[0] ?? 0, this.have[1] ?? 0];
    const short = second & 0x7f;
    const head = short === 127 ? 10 : short === 126 ? 4 : 2;
    if (!(await this.atLeast(head))) return undefined;
    const size =
      head === 10 ? Number(this.have.readBigUInt64BE(2)) : head === 4 ? this.have.readUInt16BE(2) : short;
    if (!(await this.atLeast(head + size))) return undefined;
    const raw = this.take(head + size);
    return { final: (first & 0x80) !== 0, opcode: first & 0x0f, payload: raw.subarray(head), raw };
  }

  async *rest(): AsyncGenerator<Buffer> {
    do {
      if (this.have.length > 0) yield this.take(this.have.length);
    } while (await this.more());
  }

  private async atLeast(bytes: number): Promise<boolean> {
    while (this.have.length < bytes) if (!(await this.more())) return false;
    return true;
  }

  private async more(): Promise<boolean> {
    const next = await this.chunks.next();
    if (next.done) return false;
    this.have = Buffer.concat([this.have, next.value]);
    return true;
  }

  private take(bytes: number): Buffer {
    const taken = this.have.subarray(0, bytes);
    this.have = this.have.subarray(bytes);
    return taken;
  }
}

/** Whether a frame holds an entry with this text in its JSON. */
export function carriesEntryWith(message: string, text: string): boolean {
  const messages = JSON.parse(message) as readonly { type: string; items?: readonly unknown[] }[];
  return messages.some(
    (m) => m.type === "entries" && m.items?.some((e) => JSON.stringify(e).includes(text)) === true,
  );
}
