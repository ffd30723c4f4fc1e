// Who has access, and by which links more can come.
import { useEffect, useState } from "preact/hooks";
import type { Role } from "../../board/op.ts";
import type { ID } from "../../board/record.ts";
import type { MapView } from "../map/view.ts";
import { toast } from "../notices.ts";
import { call, sayWhy } from "../session.ts";
import { date, w } from "../words/index.ts";
import { FreshLink } from "./fresh-link.tsx";
import { Avatar, Icon, Modal } from "./parts.tsx";

interface Member {
  readonly person: ID;
  readonly name: string;
  readonly department: string;
  readonly color?: string;
  readonly role: Role;
  readonly live: boolean;
  /** Looks by an invite, without a member record. */
  readonly byInvite: boolean;
}

interface Invite {
  readonly id: ID;
  readonly role: Role;
  readonly expires: number;
  readonly max: number;
  readonly used: number;
  readonly passcode: boolean;
  readonly closed: boolean;
  readonly label: string;
}

interface Access {
  readonly members: readonly Member[];
  readonly invites: readonly Invite[];
  readonly network: { readonly loopbackOnly: boolean; readonly publicUrl: string; readonly command: string };
}

const inviteRoles = ["editor", "participant", "commenter", "viewer"] as const;
const roles = ["facilitator", ...inviteRoles] as const;
type MemberRole = (typeof roles)[number];
const day = 86_400_000;
const expiries = { day, week: 7 * day, month: 30 * day, never: 0 } as const;

export function ShareDialog({ view, onClose }: { readonly view: MapView; readonly onClose: () => void }) {
  const board = view.replica.board.id;
  const [access, setAccess] = useState<Access | undefined>(undefined);
  const [failed, setFailed] = useState(false);
  const [fresh, setFresh] = useState<{ id: string; url: string } | undefined>(undefined);
  const facilitates = view.rights.facilitate;
  view.drawings.value;
  const members = view.replica.board.ofKind("member");
  const invites = view.replica.board.ofKind("invite");

  const load = async (): Promise<void> => {
    try {
      setAccess(await call<Access>(`boards/${board}/access`));
      setFailed(false);
    } catch {
      setFailed(true);
    }
  };
  // The lists follow the board: whatever changes a member or an invite asks for them anew.
  useEffect(() => void load(), [board, members, invites]);

  return (
    <Modal title={w().share.title} onClose={onClose}>
      <div class="stack">
        {access?.network.loopbackOnly === true ? (
          <div class="note">
            <Icon name="info" />
            <div>
              <p>{w().share.loopback}</p>
              <code>{access.network.command}</code>
            </div>
          </div>
        ) : null}
        {facilitates ? (
          <InviteForm
            board={board}
            onMade={(made) => {
              setFresh(made);
              void load();
            }}
          />
        ) : (
          <p class="small mut">{w().share.onlyFacilitators}</p>
        )}
        {fresh === undefined ? null : <FreshLink url={fresh.url} />}
        <section>
          <h3 class="h3">{w().share.who}</h3>
          {failed ? <p class="err">{w().share.failed}</p> : null}
          <ul class="plist flush">
            {access?.members.map((member) => (
              <MemberRow
                key={member.person}
                view={view}
                member={member}
                facilitates={facilitates}
                reload={() => void load()}
              />
            ))}
          </ul>
        </section>
        {facilitates ? (
          <section>
            <h3 class="h3">{w().share.links}</h3>
            {access?.invites.filter((one) => !one.closed).length === 0 ? (
              <p class="small mut">{w().share.noLinks}</p>
            ) : null}
            <ul class="plist flush">
              {access?.invites
                .filter((one) => !one.closed)
                .map((invite) => (
                  <InviteRow key={invite.id} board={board} invite={invite} reload={() => void load()} />
                ))}
            </ul>
          </section>
        ) : null}
      </div>
    </Modal>
  );
}

function roleName(role: Role): string {
  return role === "" ? "" : w().role[role];
}

function MemberRow(props: {
  readonly view: MapView;
  readonly member: Member;
  readonly facilitates: boolean;
  readonly reload: () => void;
}) {
  const { view, member, facilitates, reload } = props;
  const known = view.replica.people.get(member.person);
  const self = member.person === view.replica.me.person;
  const color = member.color ?? known?.color ?? member.person;
  return (
    <li>
      <Avatar person={{ name: member.name, color }} size="l" />
      <span class="grow">
        <b class="b">
          {member.name}
          {self ? <span class="mut"> ({w().tool.you})</span> : null}
        </b>
        <small>{[member.department, member.live ? w().share.here : ""].filter(Boolean).join(" · ")}</small>
      </span>
      {facilitates ? (
        <select
          class="in sm role"
          aria-label={`${w().share.role}: ${member.name}`}
          value={member.role}
          onChange={(event) => {
            view.verbs.propose([
              { type: "setMember", person: member.person, role: event.currentTarget.value as MemberRole },
            ]);
            setTimeout(reload, 300);
          }}
        >
          {roles.map((role) => (
            <option key={role} value={role}>
              {w().role[role]}
            </option>
          ))}
        </select>
      ) : (
        <span class="small mut">{roleName(member.role)}</span>
      )}
      {facilitates || self ? (
        <button
          type="button"
          class="ib sm bad"
          aria-label={self ? w().share.leave : `${w().share.remove}: ${member.name}`}
          title={self ? w().share.leave : w().share.remove}
          onClick={() => {
            // Not by an op: whoever is removed must not come back by an invite to look.
            const path = `boards/${view.replica.board.id}/members/${member.person}/remove`;
            call(path, "POST", {}).then(reload, (error: unknown) => {
              toast(sayWhy(error, w().sign.failed), { bad: true });
              reload();
            });
          }}
        >
          <Icon name={self ? "log-out" : "x"} size="m" />
        </button>
      ) : null}
    </li>
  );
}

function InviteForm({
  board,
  onMade,
}: {
  readonly board: ID;
  readonly onMade: (made: { id: string; url: string }) => void;
}) {
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
        await call<{ id: string; url: string }>(`boards/${board}/invites`, "POST", {
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
        <button type="submit" class="btn pri" disabled={busy}>
          <Icon name="link" size="m" />
          {w().share.create}
        </button>
      </div>
    </form>
  );
}

function InviteRow({
  board,
  invite,
  reload,
}: {
  readonly board: ID;
  readonly invite: Invite;
  readonly reload: () => void;
}) {
  const expired = invite.expires > 0 && invite.expires < Date.now();
  const parts = [
    invite.label,
    w().share.used(invite.used) + (invite.max > 0 ? ` / ${invite.max}` : ""),
    expired ? w().share.expired : invite.expires > 0 ? w().share.until(date(invite.expires)) : "",
    invite.passcode ? w().share.withCode : "",
  ];
  const close = async (): Promise<void> => {
    try {
      await call(`boards/${board}/invites/${invite.id}/close`, "POST", {});
      reload();
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
      <button type="button" class="btn sec sm" onClick={() => void close()}>
        {w().share.close}
      </button>
    </li>
  );
}
