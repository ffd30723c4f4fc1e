// The badge that says where the work is, and the banner when it cannot leave.
import type { Replica } from "../../collab/replica.ts";
import type { Status } from "../../collab/status.ts";
import { under } from "../assets.ts";
import { toast } from "../notices.ts";
import { sayAway, sayClosed } from "../refused.ts";
import { saveIcon } from "../save-icon.ts";
import { w } from "../words/index.ts";
import { Icon } from "./parts.tsx";

export function SaveBadge({ status }: { readonly status: Status }) {
  const words = w().save;
  const label = status.kind === "offline" ? words.offline(status.pending) : words[status.kind];
  const icon = saveIcon(status.kind);
  if (status.kind === "readonly") {
    const why = words.why[status.why];
    return <WhyBadge icon={icon} label={label} why={why} kind="readonly" />;
  }
  const turning = status.kind === "opening" ? "saving" : status.kind;
  return (
    <span class={`save ${turning}`} title={label} data-save={status.kind}>
      <Icon name={icon} size="s" />
      <span>{label}</span>
    </span>
  );
}

/** A state that has a reason: a press says it, by whatever means one presses. */
function WhyBadge(props: {
  readonly icon: string;
  readonly label: string;
  readonly why: string;
  readonly kind: string;
}) {
  const { icon, label, why, kind } = props;
  return (
    <button
      type="button"
      class={`save ${kind}`}
      title={why}
      aria-label={`${label}: ${why}`}
      data-save={kind}
      onClick={() => toast(why)}
    >
      <Icon name={icon} size="s" />
      <span>{label}</span>
    </button>
  );
}

/** Reminds those whom the freeze does not hold that it holds the others. */
export function FrozenBadge() {
  return <WhyBadge icon="snowflake" label={w().save.frozen} why={w().save.frozenHint} kind="frozen" />;
}

/** Says at length what the badge says in a word, where someone has to know it. */
export function StatusBanner(props: {
  readonly status: Status;
  readonly replica: Replica;
  /** Takes the board out of the trash, where one may. */
  readonly restore: (() => void) | undefined;
}) {
  const { status, replica, restore } = props;
  const words = w().save;
  const away = sayAway(status);
  if (away !== "") {
    const blocked = "blocked" in status && status.blocked;
    return (
      <div class="banner" role="alert">
        <Icon name="cloud-off" />
        <span>{away}</span>
        {blocked ? (
          <a class="lnk nw" href={under("check")}>
            {words.check}
          </a>
        ) : null}
      </div>
    );
  }
  if (status.kind === "readonly" && status.why !== "role") {
    return (
      <div class="banner" role="alert">
        <Icon name={status.why === "frozen" ? "snowflake" : "eye"} />
        <span>{words.why[status.why]}</span>
        {status.why === "trashed" && restore !== undefined ? (
          <button type="button" class="lnk nw" onClick={restore}>
            {w().deleted.restore}
          </button>
        ) : null}
      </div>
    );
  }
  if (status.kind === "closed") {
    const back =
      status.why === "revoked" || status.why === "gone" ? "" : status.why === "signin" ? "signin" : undefined;
    return (
      <div class="banner bad" role="alert">
        <Icon name="circle-alert" />
        <span>{sayClosed(status.why, replica)}</span>
        {back === undefined ? (
          <button type="button" class="lnk nw" onClick={() => location.reload()}>
            {words.reload}
          </button>
        ) : (
          <a class="lnk nw" href={under(back)}>
            {back === "" ? words.home : w().sign.signIn}
          </a>
        )}
      </div>
    );
  }
  return null;
}
