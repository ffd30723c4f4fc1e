// What a journey plays on: a server of its own, a browser, and people who come in.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { type Browser, chromium } from "playwright-core";
import { Caddy } from "./caddy.ts";
import { Line } from "./line.ts";
import { type Device, type Lang, Person } from "./person.ts";
import { Server } from "./server.ts";
import { Services } from "./services.ts";

export interface StageOptions {
  /** More flags of the server. */
  readonly flags?: readonly string[];
  /** Puts a proxy between the browsers and the server. */
  readonly line?: boolean;
  /** With a line: the name by which people know the server, as they would on a network of their own. */
  readonly name?: string;
  /** Puts a real Caddy before the server, which speaks TLS and has it on a path. */
  readonly caddy?: boolean;
  /** How many servers there are, behind a Caddy: more than one share a Postgres and a Redis. */
  readonly servers?: number;
}

export interface PersonOptions {
  readonly lang?: Lang;
  readonly device?: Device;
  readonly dark?: boolean;
}

const sizes = {
  desktop: { width: 1600, height: 1000 },
  tablet: { width: 1180, height: 820 },
  phone: { width: 390, height: 844 },
};

export class Stage {
  /** The first of the servers; most stages have no other. */
  readonly server: Server;
  readonly servers: readonly Server[];
  readonly people: Person[] = [];
  private readonly browser: Browser;
  private readonly between: Line | undefined;
  private readonly caddy: Caddy | undefined;
  private readonly services: Services | undefined;

  private constructor(
    servers: readonly [Server, ...Server[]],
    browser: Browser,
    between: Line | undefined,
    caddy: Caddy | undefined,
    services: Services | undefined,
  ) {
    this.server = servers[0];
    this.servers = servers;
    this.services = services;
    this.browser = browser;
    this.between = between;
    this.caddy = caddy;
  }

  /** Opens a stage; it is taken down when the test ends, and the test fails for what happened unseen. */
  static async open(t: TestContext, options: StageOptions = {}): Promise<Stage> {
    const between = options.line === true ? await Line.start() : undefined;
    const many = options.servers ?? 1;
    const services = many > 1 ? await Services.start() : undefined;
    const caddy = options.caddy === true || many > 1 ? await Caddy.choose() : undefined;
    const publicURL = caddy?.url ?? between?.url.replace("127.0.0.1", options.name ?? "127.0.0.1");
    const settings = {
      ...(options.flags === undefined ? {} : { flags: options.flags }),
      ...(publicURL === undefined ? {} : { publicURL }),
      ...(services === undefined ? {} : { services }),
    };
    const server = await Server.start(settings);
    const others: Server[] = [];
    while (others.length < many - 1) others.push(await Server.start(settings));
    if (between !== undefined) between.target = server.port;
    await caddy?.start(server.port, ...others.map((s) => s.port));
    const browser = await chromium.launch({
      timeout: 120_000,
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--force-color-profile=srgb",
        "--font-render-hinting=none",
        ...(options.name === undefined ? [] : [`--host-resolver-rules=MAP ${options.name} 127.0.0.1`]),
      ],
    });
    const stage = new Stage([server, ...others], browser, between, caddy, services);
    t.after(() => stage.close(t));
    return stage;
  }

  get line(): Line {
    assert(this.between !== undefined, "the stage was opened without a line");
    return this.between;
  }

  /** A browser nobody is signed in with. */
  async person(name: string, options: PersonOptions = {}): Promise<Person> {
    const { lang = "de", device = "desktop", dark = false } = options;
    const context = await this.browser.newContext({
      viewport: sizes[device],
      locale: lang === "de" ? "de-DE" : "en-GB",
      timezoneId: "Europe/Berlin",
      colorScheme: dark ? "dark" : "light",
      reducedMotion: "reduce",
      hasTouch: device !== "desktop",
      isMobile: device === "phone",
      deviceScaleFactor: 1,
      ignoreHTTPSErrors: this.caddy !== undefined, // its certificate is of its own authority
    });
    context.setDefaultTimeout(60_000);
    await context.addInitScript(holdToasts);
    const person = new Person(
      name,
      lang,
      device,
      context,
      await context.newPage(),
      new URL(this.server.url).origin,
    );
    this.people.push(person);
    await person.slow(person.page);
    return person;
  }

  /** Keeps a picture of what a person sees, when PICTURES names a folder. */
  async picture(person: Person, name: string): Promise<void> {
    const folder = process.env.PICTURES;
    if (folder === undefined || folder === "") return;
    await mkdir(folder, { recursive: true });
    await person.still();
    await person.page.screenshot({
      path: join(folder, `${name}.png`),
      animations: "disabled",
      caret: "hide",
    });
  }

  private async close(t: TestContext): Promise<void> {
    const problems = this.people.flatMap((p) => p.problems.map((problem) => `${p.name}: ${problem}`));
    const failed = (t as TestContext & { readonly passed?: boolean }).passed === false;
    for (const [i, person] of this.people.entries())
      if (failed || problems.length > 0)
        await this.picture(person, `failed-${slug(t.name)}-${i}`).catch(() => undefined);
    await this.browser.close();
    await this.between?.close();
    await this.caddy?.stop();
    const log = this.servers.map((s) => s.log).join("\n");
    for (const server of this.servers) await server.stop();
    await this.services?.stop();
    if (failed || problems.length > 0) t.diagnostic(`the log of the servers:\n${log}`);
    assert.deepEqual(problems, []);
  }
}

/** A toast with a way back goes after nine seconds; the hand of a journey may be as slow as its machine. */
function holdToasts(): void {
  const later = window.setTimeout as (run: TimerHandler, ms?: number, ...args: unknown[]) => number;
  window.setTimeout = ((run: TimerHandler, ms?: number, ...args: unknown[]) =>
    later(run, ms === 9_000 ? 90_000 : ms, ...args)) as typeof window.setTimeout;
}

function slug(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]+/g, "-");
}
