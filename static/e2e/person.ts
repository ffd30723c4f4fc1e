// One person in one browser: a context of its own, watched for what must never happen.
import type { BrowserContext, Locator, Page } from "playwright-core";
import { words as de } from "../src/view/words/de.ts";
import { words as en } from "../src/view/words/en.ts";
import { eventually } from "./eventually.ts";

export type Lang = "de" | "en";
export type Device = "desktop" | "phone";

/** What a board says of itself, for tests. */
export interface State {
  readonly seq: number;
  readonly pending: number;
  readonly status: string;
  readonly digest: string;
}

/** What the browser itself reports while the server or the network is away. */
const ofOutage =
  /net::ERR_|WebSocket connection to|Failed to load resource: the server responded with a status of 50[23]/;

export class Person {
  readonly name: string;
  readonly lang: Lang;
  readonly device: Device;
  readonly context: BrowserContext;
  page: Page;
  /** Set while the test takes the server or the network away: then the browser's own complaints are expected. */
  outage = false;
  readonly problems: string[] = [];
  private readonly origin: string;

  constructor(name: string, lang: Lang, device: Device, context: BrowserContext, page: Page, origin: string) {
    this.name = name;
    this.lang = lang;
    this.device = device;
    this.context = context;
    this.page = page;
    this.origin = origin;
    context.on("request", (request) => this.leaves(request.url()));
    this.watch(page);
  }

  get w(): typeof en {
    return this.lang === "de" ? de : en;
  }

  /** Watches a further tab of the same browser. */
  watch(page: Page): void {
    page.on("websocket", (socket) => this.leaves(socket.url().replace(/^ws/, "http")));
    page.on("pageerror", (error) => this.problems.push(`error: ${error.message}`));
    page.on("console", (message) => {
      if (message.type() !== "error") return;
      if (this.outage && ofOutage.test(message.text())) return;
      this.problems.push(`console: ${message.text()} (${message.location().url})`);
    });
  }

  private leaves(url: string): void {
    const { protocol, origin } = new URL(url);
    if (protocol !== "blob:" && protocol !== "data:" && origin !== this.origin)
      this.problems.push(`a request left the origin: ${url}`);
  }

  /** Opens a second tab on the same address. */
  async tab(): Promise<Page> {
    const page = await this.context.newPage();
    this.watch(page);
    await page.goto(this.page.url());
    return page;
  }

  async state(page: Page = this.page): Promise<State | undefined> {
    return page.evaluate(() => {
      const data = document.querySelector<HTMLElement>("[data-seq]")?.dataset;
      if (data === undefined) return undefined;
      return {
        seq: Number(data.seq),
        pending: Number(data.pending),
        status: data.status ?? "",
        digest: data.digest ?? "",
      };
    });
  }

  /** Waits until the board is there and all that this person did is saved. */
  async settled(page: Page = this.page): Promise<State> {
    let last: State | undefined;
    return eventually(
      `${this.name}'s board is saved`,
      async () => {
        last = await this.state(page);
        return last !== undefined && last.status === "saved" && last.pending === 0 && last;
      },
      () => last,
    );
  }

  /** Waits until the board says this of itself. */
  async is(what: Partial<State>, page: Page = this.page): Promise<State> {
    let last: State | undefined;
    return eventually(
      `${this.name}'s board is ${JSON.stringify(what)}`,
      async () => {
        last = await this.state(page);
        const so =
          last !== undefined && Object.entries(what).every(([k, v]) => last?.[k as keyof State] === v);
        return so && last;
      },
      () => last,
    );
  }

  button(name: string | RegExp, within: Page | Locator = this.page): Locator {
    return within.getByRole("button", { name, exact: typeof name === "string" });
  }

  /** Waits for the fonts, so that a picture or a measure is of the page as it is. */
  async drawn(): Promise<void> {
    await this.page.evaluate(() => document.fonts.ready.then(() => undefined));
  }
}

/** Waits until people see the same board and nothing of theirs is under way. */
export async function converged(...people: readonly Person[]): Promise<State> {
  let last: readonly (State | undefined)[] = [];
  return eventually(
    `${people.map((p) => p.name).join(", ")} see the same board`,
    async () => {
      last = await Promise.all(people.map((p) => p.state()));
      const [first] = last;
      if (first === undefined) return false;
      const same = last.every(
        (s) =>
          s !== undefined &&
          s.status === "saved" &&
          s.pending === 0 &&
          s.seq === first.seq &&
          s.digest === first.digest,
      );
      return same && first;
    },
    () => last,
  );
}
