// The real server as a process of its own, on a folder and a port that it keeps over kills.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Port } from "./port.ts";
import type { Services } from "./services.ts";

export interface ServerOptions {
  /** More flags of the program. */
  readonly flags?: readonly string[];
  /** Where people reach it, when a proxy stands before it. */
  readonly publicURL?: string;
  /** What it shares with other servers, in place of a folder of its own. */
  readonly services?: Services;
}

export class Server {
  /** The secret of the set-up link; "" once it was used. */
  setup = "";
  /** The port it really listens on. */
  port = 0;
  readonly folder: string;
  private readonly options: ServerOptions;
  private process: ChildProcess | undefined;
  private ended: Promise<unknown> = Promise.resolve();
  private opened = "";
  private said = "";

  private constructor(folder: string, options: ServerOptions) {
    this.folder = folder;
    this.options = options;
  }

  static async start(options: ServerOptions = {}): Promise<Server> {
    const server = new Server(await mkdtemp(join(tmpdir(), "waymark-data-")), options);
    // Not one of the system's choice: while it is killed, that could be the near end of any other connection.
    const port = await Port.take();
    server.port = port.number;
    await port.release();
    await server.start();
    return server;
  }

  /** The address people open, without a slash at the end. */
  get url(): string {
    return this.opened;
  }

  /** What it wrote to its log. */
  get log(): string {
    return this.said;
  }

  /** Starts it, after a kill on the same port and folder. */
  async start(): Promise<void> {
    const program = process.env.E2E_SERVER;
    if (program === undefined) throw new Error("run the journeys with: npm run e2e");
    const { flags = [], publicURL, services } = this.options;
    const child = spawn(
      program,
      [
        "serve",
        `-listen=127.0.0.1:${this.port}`,
        ...(services === undefined
          ? [`-data=${this.folder}`]
          : [`-database=${services.database}`, `-redis=${services.redis}`]),
        ...(publicURL === undefined ? [] : [`-public-url=${publicURL}`]),
        ...flags,
      ],
      { stdio: ["ignore", "pipe", "pipe"] },
    );
    this.process = child;
    this.ended = once(child, "exit");
    const listens = new Promise<void>((resolve) => {
      createInterface({ input: child.stderr }).on("line", (line) => {
        this.said = `${this.said}${line}\n`.slice(-20_000);
        const port = /msg=serving server=\S+ address=\S+:(\d+)/.exec(line)?.[1];
        if (port === undefined) return;
        this.port = Number(port);
        resolve();
      });
    });
    const greets = new Promise<void>((resolve) => {
      createInterface({ input: child.stdout }).on("line", (line) => {
        const setup = /Set it up:\s+\S+#(\S+)/.exec(line)?.[1];
        if (setup !== undefined) this.setup = setup;
        const url = /Open:\s+(\S+)\//.exec(line)?.[1];
        if (url !== undefined) this.opened = url;
        if (line.includes("Ctrl+C")) resolve();
      });
    });
    const ends = this.ended.then(() => {
      throw new Error(`the server ended at its start:\n${this.said}`);
    });
    ends.catch(() => undefined); // it also ends when it is killed, later
    await Promise.race([Promise.all([listens, greets]), ends]);
  }

  /** Ends it as a power cut does. */
  async kill(): Promise<void> {
    this.process?.kill("SIGKILL");
    await this.ended;
  }

  /** How many people's pages are connected to it. */
  async sessions(): Promise<number> {
    const page = await (await fetch(`http://127.0.0.1:${this.port}/metrics`)).text();
    return Number(/^waymark_sessions\{[^}]*\} (\d+)$/m.exec(page)?.[1] ?? Number.NaN);
  }

  async stop(): Promise<void> {
    this.process?.kill("SIGTERM");
    const late = setTimeout(() => this.process?.kill("SIGKILL"), 5_000);
    await this.ended;
    clearTimeout(late);
    await rm(this.folder, { recursive: true, force: true });
  }
}
