// A real Caddy, Debian's package, with the Caddyfile of the repository: TLS, and the server on a path beside other things.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Port } from "./port.ts";

export class Caddy {
  /** Where people reach the server through it, without a slash at the end. */
  readonly url: string;
  private readonly site: string;
  private readonly port: Port;
  private home = "";
  private process: ChildProcess | undefined;
  private ended: Promise<unknown> = Promise.resolve();
  private said = "";

  private constructor(port: Port) {
    this.port = port;
    this.site = `localhost:${port.number}`;
    this.url = `https://${this.site}/waymark`;
  }

  /** Picks where it will answer; nothing runs yet. */
  static async choose(): Promise<Caddy> {
    return new Caddy(await Port.take());
  }

  /** Starts it before servers that listen on ports of this computer, and waits until it answers. */
  async start(...upstream: readonly number[]): Promise<void> {
    this.home = await mkdtemp(join(tmpdir(), "waymark-caddy-"));
    const recipe = join(process.cwd(), "../Caddyfile");
    const config = join(this.home, "Caddyfile");
    // Around the recipe stands only what keeps a test on its own: no admin port, no port 80, no trust in the system.
    await writeFile(
      config,
      `{\n\tadmin off\n\tauto_https disable_redirects\n\tskip_install_trust\n}\nimport ${recipe}\n`,
    );
    await this.port.release();
    const child = spawn("caddy", ["run", "--config", config, "--adapter", "caddyfile"], {
      stdio: ["ignore", "ignore", "pipe"],
      env: {
        ...process.env,
        SITE: this.site,
        UPSTREAM: upstream.map((port) => `127.0.0.1:${port}`).join(" "),
        HOME: this.home,
        XDG_DATA_HOME: this.home,
        XDG_CONFIG_HOME: this.home,
      },
    });
    this.process = child;
    this.ended = once(child, "exit");
    const serves = new Promise<void>((resolve) => {
      child.stderr.on("data", (data: Buffer) => {
        this.said = `${this.said}${data}`.slice(-20_000);
        if (this.said.includes("certificate obtained successfully")) resolve();
      });
    });
    const ends = this.ended.then(() => {
      throw new Error(`caddy ended at its start:\n${this.said}`);
    });
    ends.catch(() => undefined); // it also ends when it is stopped, later
    await Promise.race([serves, ends]);
  }

  async stop(): Promise<void> {
    this.process?.kill("SIGTERM");
    await this.ended;
    if (this.home !== "") await rm(this.home, { recursive: true, force: true });
  }
}
