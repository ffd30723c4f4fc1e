// A Postgres and a Redis of the test's own, for servers that share them.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

export class Services {
  readonly database: string;
  readonly redis: string;
  private readonly process: ChildProcess;

  private constructor(process: ChildProcess, database: string, redis: string) {
    this.process = process;
    this.database = database;
    this.redis = redis;
  }

  static async start(): Promise<Services> {
    const script = join(process.cwd(), "../.ci/with-services");
    // They run for as long as the command's input is open.
    const child = spawn(script, ["sh", "-c", 'echo "$WAYMARK_DATABASE $WAYMARK_REDIS"; cat'], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const said = once(createInterface({ input: child.stdout }), "line") as Promise<[string]>;
    const ended = once(child, "exit").then(() => {
      throw new Error("Postgres or Redis did not start");
    });
    ended.catch(() => undefined); // they also end when they are stopped, later
    const [line] = await Promise.race([said, ended]);
    const [database, redis] = line.split(" ");
    if (database === undefined || redis === undefined) throw new Error(`services say: ${line}`);
    return new Services(child, database, redis);
  }

  async stop(): Promise<void> {
    const gone = once(this.process, "exit");
    this.process.stdin?.end();
    await gone;
  }
}
