// The links of a board: making one, closing it, putting another in its place.
import { useState } from "preact/hooks";
import type { Role } from "../../board/op.ts";
import type { ID } from "../../board/record.ts";
import { toast } from "../notices.ts";
import { call, sayWhy } from "../session.ts";
import { w } from "../words/index.ts";
import { date } from "../words/time.ts";
import { Icon } from "./parts.tsx";

export interface Invite {
  readonly id: ID;
  readonly role: Role;
  readonly expires: number;
  readonly max: number;
  readonly used: number;
  readonly passcode: boolean;
  readonly closed: boolean;
  readonly label: string;
}

/** A link that was just made. */
export interface Made {
  readonly id: string;
  readonly url: string;
}

/** What is offered. A commenter would only look until there are comments; who is one stays one. */
export const inviteRoles = ["editor", "participant", "viewer"] as const;
const day = 86_400_000;
const expiries = { day, week: 7 * day, month: 30 * day, never: 0 } as const;

export function roleName(role: Role): string {
  return role === "" ? "" : w().role[role];
}

export function InviteForm(props: {
  readonly board: ID;
  readonly offline: boolean;
  readonly onMade: (made: Made) => void;
}) {
  const { board, offline, onMade } = props;
  const [failed, setFailed] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const text = (name: string): string => String(data.get(name) ?? "").trim();
    const expiresIn = expiries[text("expires") as keyof typeof expiries];
    const max = Number(text("max"));
    setBusy(true);
    try {
      onMade(
        await call<Made>(`boards/${board}/invites`, "POST", {
          role: text("role"),
          ...(expiresIn > 0 ? { expiresIn } : {}),
          ...(max > 0 ? { max } : {}),
          ...(text("passcode") === "" ? {} : { passcode: text("passcode") }),
          ...(text("label") === "" ? {} : { label: text("label") }),
        }),
      );
      setFailed("");
    } catch (error) {
      setFailed(sayWhy(error, w().sign.failed));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form class="stack tight" onSubmit={(event) => void submit(event)}>
      <div class="three">
        <label class="fld">
          <span class="lbl">{w().share.role}</span>
          <select class="in sm" name="role">
            {inviteRoles.map((role) => (
              <option key={role} value={role} title={w().roleHint[role]}>
                {w().role[role]}
              </option>
            ))}
          </select>
        </label>
        <label class="fld">
          <span class="lbl">{w().share.expires}</span>
          <select class="in sm" name="expires" defaultValue="week">
            {(["day", "week", "month", "never"] as const).map((key) => (
              <option key={key} value={key} selected={key === "week"}>
                {w().share.expiry[key]}
              </option>
            ))}
          </select>
        </label>
        <label class="fld">
          <span class="lbl">{w().share.max}</span>
          <select class="in sm" name="max">
            <option value="0">{w().share.maxAny}</option>
            {[1, 5, 10, 25, 100].map((n) => (
              <option key={n} value={n}>
                {w().share.people(n)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <div class="two">
        <label class="fld">
          <span class="lbl">{w().share.passcode}</span>
          <input class="in sm" name="passcode" autocomplete="off" maxLength={64} />
        </label>
        <label class="fld">
          <span class="lbl">{w().share.label}</span>
          <input class="in sm" name="label" maxLength={80} placeholder={w().share.labelPlaceholder} />
        </label>
      </div>
      {failed === "" ? null : (
        <p class="err" role="alert">
          {failed}
        </p>
      )}
      <div class="row end">
        <button type="submit" class="btn pri" disabled={busy || offline}>
          <Icon name="link" size="m" />
          {w().share.create}
        </button>
      </div>
    </form>
  );
}

export function InviteRow({
  board,
  invite,
  onChanged,
}: {
  readonly board: ID;
  readonly invite: Invite;
  /** With the link that was made in place of the old one. */
  readonly onChanged: (made?: Made) => void;
}) {
  const expired = invite.expires > 0 && invite.expires < Date.now();
  const parts = [
    invite.label,
    w().share.used(invite.used) + (invite.max > 0 ? ` / ${invite.max}` : ""),
    expired ? w().share.expired : invite.expires > 0 ? w().share.until(date(invite.expires)) : "",
    invite.passcode ? w().share.withCode : "",
  ];
  const ask = async (what: "close" | "renew"): Promise<void> => {
    try {
      onChanged(await call<Made | undefined>(`boards/${board}/invites/${invite.id}/${what}`, "POST", {}));
    } catch (error) {
      toast(sayWhy(error, w().sign.failed), { bad: true });
    }
  };
  return (
    <li>
      <Icon name="link" />
      <span class="grow">
        {roleName(invite.role)}
        <small>{parts.filter(Boolean).join(" · ")}</small>
      </span>
      {expired ? null : (
        <button
          type="button"
          class="btn sec sm"
          title={w().share.renewHint}
          onClick={() => void ask("renew")}
        >
          {w().share.renew}
        </button>
      )}
      <button type="button" class="btn sec sm" onClick={() => void ask("close")}>
        {w().share.close}
      </button>
    </li>
  );
}
