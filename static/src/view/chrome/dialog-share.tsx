// Who has access, and by which links more can come.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Role } from "../../board/op.ts";
import type { ID } from "../../board/record.ts";
import type { MapView } from "../map/view.ts";
import { toast } from "../notices.ts";
import { call, sayWhy } from "../session.ts";
import { w } from "../words/index.ts";
import { FreshLink } from "./fresh-link.tsx";
import { useLoaded } from "./loaded.ts";
import { Avatar, Icon, Modal } from "./parts.tsx";
import { type Invite, InviteForm, InviteRow, inviteRoles, roleName } from "./share-links.tsx";

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

interface Access {
  readonly members: readonly Member[];
  readonly invites: readonly Invite[];
  readonly network: {
    readonly loopbackOnly: boolean;
    readonly encrypted: boolean;
    readonly publicUrl: string;
    readonly command: string;
  };
}

/** Somebody who was taken off the board, and the links by which that person can come back. */
interface Removed {
  readonly name: string;
  readonly invites: readonly Invite[];
}

const roles = ["facilitator", ...inviteRoles] as const;

export function ShareDialog({ view, onClose }: { readonly view: MapView; readonly onClose: () => void }) {
  const board = view.replica.board.id;
  const { loaded: access, failed, load } = useLoaded<Access>(`boards/${board}/access`);
  const [fresh, setFresh] = useState<{ id: string; url: string } | undefined>(undefined);
  const [removed, setRemoved] = useState<Removed | undefined>(undefined);
  const [offline, setOffline] = useState(view.replica.status.kind === "offline");
  useEffect(() => view.replica.onStatus((status) => setOffline(status.kind === "offline")), [view]);
  const facilitates = view.rights.facilitate;
  const wayBack = useRef<HTMLElement>(null);
  // It stands above the list, which may be scrolled.
  useEffect(() => wayBack.current?.scrollIntoView({ block: "nearest" }), [removed?.name]);
  view.drawings.value;
  const members = view.replica.board.ofKind("member");
  const invites = view.replica.board.ofKind("invite");

  // The lists follow the board: whatever changes a member or an invite asks for them anew.
  useEffect(() => void load(), [board, members, invites, offline]);

  return (
    <Modal title={w().share.title} onClose={onClose}>
      <div class="stack">
        {access?.network.loopbackOnly === true && facilitates ? (
          <div class="note">
            <Icon name="info" />
            <div>
              <p>
                {w().share.onlyHere} {access.network.command === "" ? w().share.askAdmin : w().share.loopback}
              </p>
              {access.network.command === "" ? null : <code>{access.network.command}</code>}
            </div>
          </div>
        ) : null}
        {access?.network.encrypted === false ? (
          <p class="note">
            <Icon name="info" />
            {w().share.openNetwork}
          </p>
        ) : null}
        {facilitates ? (
          <InviteForm
            board={board}
            offline={offline}
            onMade={(made) => {
              setFresh(made);
              void load();
            }}
          />
        ) : (
          <p class="small mut">{w().share.onlyFacilitators}</p>
        )}
        {fresh === undefined ? null : <FreshLink key={fresh.url} url={fresh.url} />}
        {removed === undefined ? null : (
          <section class="note" role="status" ref={wayBack}>
            <Icon name="info" />
            <div class="grow">
              <p>{w().share.comeBack(removed.name)}</p>
              <ul class="plist flush">
                {removed.invites.map((invite) => (
                  <InviteRow
                    key={invite.id}
                    board={board}
                    invite={invite}
                    onChanged={(made) => {
                      if (made !== undefined) setFresh(made);
                      const invites = removed.invites.filter((one) => one.id !== invite.id);
                      setRemoved(invites.length > 0 ? { ...removed, invites } : undefined);
                      void load();
                    }}
                  />
                ))}
              </ul>
            </div>
          </section>
        )}
        <section>
          <h3 class="h3">{w().share.who}</h3>
          {failed ? (
            <p class="err" role="alert">
              {w().share.failed}{" "}
              <button type="button" class="lnk" onClick={() => void load()}>
                {w().sign.again}
              </button>
            </p>
          ) : null}
          <ul class="plist flush">
            {access?.members.map((member) => (
              <MemberRow
                key={member.person}
                view={view}
                member={member}
                facilitates={facilitates}
                reload={() => void load()}
                onRemoved={(one) => setRemoved(one.invites.length > 0 ? one : undefined)}
              />
            ))}
          </ul>
        </section>
        {facilitates && access !== undefined ? (
          <section>
            <h3 class="h3">{w().share.links}</h3>
            {access.invites.filter((one) => !one.closed).length === 0 ? (
              <p class="small mut">{w().share.noLinks}</p>
            ) : null}
            <ul class="plist flush">
              {access.invites
                .filter((one) => !one.closed)
                .map((invite) => (
                  <InviteRow
                    key={invite.id}
                    board={board}
                    invite={invite}
                    onChanged={(made) => {
                      if (made !== undefined) setFresh(made);
                      void load();
                    }}
                  />
                ))}
            </ul>
          </section>
        ) : null}
      </div>
    </Modal>
  );
}

function MemberRow(props: {
  readonly view: MapView;
  readonly member: Member;
  readonly facilitates: boolean;
  readonly reload: () => void;
  readonly onRemoved: (removed: Removed) => void;
}) {
  const { view, member, facilitates, reload, onRemoved } = props;
  const path = `boards/${view.replica.board.id}/members`;
  const [asking, setAsking] = useState(false);
  const turn = useRef<HTMLButtonElement>(null);
  const before = useRef(false);
  // The question takes the focus to the way out of it, and the answer no gives it back.
  useEffect(() => {
    if (asking || before.current) turn.current?.focus();
    before.current = asking;
  }, [asking]);
  const asked = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      toast(sayWhy(error, w().sign.failed), { bad: true });
    }
    reload();
  };
  const known = view.replica.people.get(member.person);
  const self = member.person === view.replica.me.person;
  const color = member.color ?? known?.color ?? member.person;
  const remove = (): Promise<void> =>
    asked(async () => {
      setAsking(false);
      const { invites } = await call<Pick<Removed, "invites">>(`${path}/${member.person}/remove`, "POST", {});
      if (self) return;
      if (invites.length > 0) onRemoved({ name: member.name, invites });
      toast(w().share.removed(member.name));
    });
  if (asking) {
    return (
      <li class="asking" role="alertdialog" aria-label={self ? w().share.leave : w().share.remove}>
        <span class="grow">{self ? w().share.askLeave : w().share.askRemove(member.name)}</span>
        <button type="button" class="btn sec sm" ref={turn} onClick={() => setAsking(false)}>
          {w().common.cancel}
        </button>
        <button type="button" class="btn bad sm" onClick={() => void remove()}>
          {self ? w().share.leaveNow : w().share.removeNow}
        </button>
      </li>
    );
  }
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
            const role = event.currentTarget.value;
            void asked(() => call(path, "POST", { person: member.person, role }));
          }}
        >
          {[...roles, ...(member.role === "commenter" ? [member.role] : [])].map((role) => (
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
          ref={turn}
          class="ib sm bad"
          aria-label={self ? w().share.leave : `${w().share.remove}: ${member.name}`}
          title={self ? w().share.leave : w().share.remove}
          onClick={() => setAsking(true)}
        >
          <Icon name={self ? "log-out" : "x"} size="m" />
        </button>
      ) : null}
    </li>
  );
}
