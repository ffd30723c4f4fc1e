// Ports for what has to answer at an address that is known before it runs, or after it was killed.
import { createServer, type Server } from "node:net";

export class Port {
  readonly number: number;
  private readonly keeper: Server;

  private constructor(number: number, keeper: Server) {
    this.number = number;
    this.keeper = keeper;
  }

  /** Listens on a port that nobody listens on, and that the system does not give to clients, until it is released. */
  static async take(): Promise<Port> {
    for (let tries = 0; tries < 100; tries++) {
      const number = 20_000 + Math.floor(Math.random() * 12_000);
      const keeper = createServer();
      const free = await new Promise<boolean>((resolve) => {
        keeper.once("error", () => resolve(false));
        keeper.listen(number, () => resolve(true));
      });
      keeper.unref(); // it holds no journey up that fails before it is released
      if (free) return new Port(number, keeper);
    }
    throw new Error("no free port");
  }

  /** Leaves it to the program that is started next. */
  async release(): Promise<void> {
    await new Promise((resolve) => this.keeper.close(resolve));
  }
}
