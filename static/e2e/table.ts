// Getting people to a board without walking through the pages that other journeys walk through.
import assert from "node:assert/strict";
import type { Person } from "./person.ts";
import type { PersonOptions, Stage } from "./stage.ts";

interface Signed {
  readonly access: string;
  readonly board?: string;
}

export type Role = "viewer" | "commenter" | "participant" | "editor";

/** A person's call of the server's API, with the cookies of that person's browser. */
async function call<T>(stage: Stage, person: Person, path: string, data: unknown, access = ""): Promise<T> {
  const response = await person.context.request.post(`${stage.server.url}/api/${path}`, {
    data,
    headers: { "X-Waymark": "1", ...(access === "" ? {} : { Authorization: `Bearer ${access}` }) },
  });
  const text = await response.text();
  assert(response.ok(), `${path}: ${response.status()} ${text}`);
  return JSON.parse(text) as T;
}

/** A board with its host at it, and the way for others to come. */
export class Table {
  readonly board: string;
  readonly host: Person;
  private readonly stage: Stage;
  private readonly access: string;

  private constructor(stage: Stage, host: Person, board: string, access: string) {
    this.stage = stage;
    this.host = host;
    this.board = board;
    this.access = access;
  }

  /** Sets a fresh server up: Ana is its administrator and sits at the sample board. */
  static async set(stage: Stage, options: PersonOptions = {}): Promise<Table> {
    const host = await stage.person("Ana", options);
    const signed = await call<Signed>(stage, host, "setup", {
      secret: stage.server.setup,
      name: "Ana Berger",
      department: "Service",
      lang: host.lang,
    });
    assert(signed.board !== undefined, "the set-up names the sample board");
    const table = new Table(stage, host, signed.board, signed.access);
    await table.sit(host);
    return table;
  }

  /** A link to the board, with its secret. */
  async invite(role: Role = "editor"): Promise<string> {
    const { url } = await call<{ url: string }>(
      this.stage,
      this.host,
      `boards/${this.board}/invites`,
      { role },
      this.access,
    );
    return url;
  }

  /** Somebody joins by a link, without walking through the join page. */
  async guest(name: string, role: Role = "editor", options: PersonOptions = {}): Promise<Person> {
    const person = await this.stage.person(name, options);
    const [, secret] = (await this.invite(role)).split("#");
    await call<Signed>(this.stage, person, "invites/join", {
      secret,
      name: name.includes(" ") ? name : `${name} Muster`,
      department: "IT",
      lang: person.lang,
    });
    await this.sit(person);
    return person;
  }

  get url(): string {
    return `${this.stage.server.url}/b/${this.board}`;
  }

  private async sit(person: Person): Promise<void> {
    await person.page.goto(this.url);
    await person.open();
  }
}
