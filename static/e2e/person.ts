// One person in one browser: a context of its own, watched for what must never happen.
import type { BrowserContext, Locator, Page } from "playwright-core";
import { words as de } from "../src/view/words/desk-de.ts";
import { words as en } from "../src/view/words/desk-en.ts";
import { words as joinDe } from "../src/view/words/join-de.ts";
import { words as joinEn } from "../src/view/words/join-en.ts";
import { eventually } from "./eventually.ts";
import { still } from "./still.ts";

export type Lang = "de" | "en";
export type Device = "desktop" | "tablet" | "phone";

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
  /** Set while the test provokes the server to refuse a call. */
  refusal = false;
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

  /** The words of the page that an invite opens. */
  get joining(): typeof joinEn {
    return this.lang === "de" ? joinDe : joinEn;
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
      if (this.refusal && /the server responded with a status of 4\d\d/.test(message.text())) return;
      this.problems.push(`console: ${message.text()} (${message.location().url})`);
    });
  }

  /** Takes processor time from a page when SLOW says how many times as long everything is to take in it. */
  async slow(page: Page): Promise<void> {
    const rate = Number(process.env.SLOW || 1);
    if (rate === 1) return;
    const devtools = await this.context.newCDPSession(page);
    await devtools.send("Emulation.setCPUThrottlingRate", { rate });
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
    await this.slow(page);
    await page.goto(this.page.url());
    return page;
  }

  async state(page: Page = this.page): Promise<State | undefined> {
    const read = page.evaluate(() => {
      const data = document.querySelector<HTMLElement>("[data-seq]")?.dataset;
      if (data === undefined) return undefined;
      return {
        seq: Number(data.seq),
        pending: Number(data.pending),
        status: data.status ?? "",
        digest: data.digest ?? "",
      };
    });
    return read.catch(() => undefined); // the page is on its way to another
  }

  /** Waits for two frames: until then what changed is on the screen. */
  async twoFrames(): Promise<void> {
    await this.page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    );
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

  /** Waits until the board is there and nothing is under way, whoever may edit it or not. */
  async open(page: Page = this.page): Promise<State> {
    let last: State | undefined;
    return eventually(
      `${this.name}'s board is open`,
      async () => {
        last = await this.state(page);
        return (
          last !== undefined && ["saved", "readonly"].includes(last.status) && last.pending === 0 && last
        );
      },
      () => last,
    );
  }

  /** The cell where a lane and a step cross. */
  cell(lane: string, step: string, page: Page = this.page): Locator {
    return page.getByRole("gridcell", { name: new RegExp(`^${escaped(lane)}, ${escaped(step)}[,:]`) });
  }

  /** A card, by all that is read out of it. */
  card(name: string | RegExp, within: Page | Locator = this.page): Locator {
    return within.getByRole("option", { name, exact: typeof name === "string" });
  }

  field(name: string, within: Page | Locator = this.page): Locator {
    return within.getByRole("textbox", { name: new RegExp(`^${escaped(name)}( \\(|$)`) });
  }

  /** What has the focus: its role and its name. */
  async focus(): Promise<string> {
    return this.page.evaluate(() => {
      const node = document.activeElement;
      return `${node?.getAttribute("role") ?? node?.tagName.toLowerCase() ?? ""}: ${node?.getAttribute("aria-label") ?? node?.textContent ?? ""}`;
    });
  }

  /** Presses keys one after the other: "Tab", "Control+z"; a text in quotes is typed. */
  async keys(...keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      if (key.startsWith('"')) await this.page.keyboard.type(key.slice(1, -1));
      else await this.page.keyboard.press(key);
    }
  }

  button(name: string | RegExp, within: Page | Locator = this.page): Locator {
    return within.getByRole("button", { name, exact: typeof name === "string" });
  }

  /** Waits until the page stands still, so that a picture or a measure is of the page as it is. */
  async still(): Promise<void> {
    await still(this.page);
  }
}

/** A text as a pattern. Soft hyphens are in no name that is read out. */
function escaped(text: string): string {
  return text.replaceAll("\u00ad", "").replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
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
          ["saved", "readonly"].includes(s.status) &&
          s.pending === 0 &&
          s.seq === first.seq &&
          s.digest === first.digest,
      );
      return same && first;
    },
    () => last,
  );
}
