// Ops: what a participant asks for, as data. The server decides; predict.ts says beforehand what it should decide.
import type { Json } from "./codec.ts";
import type { Fields, ID, Seq } from "./record.ts";
import type { Delta } from "./text.ts";

export type Role = "" | "viewer" | "commenter" | "participant" | "editor" | "facilitator";

/** The sibling to stand behind: "" is first; absent, gone or elsewhere is last. */
interface After {
  readonly after?: ID | "";
}

/** Puts a record that needs nothing else: persona, lane, sticky, marker, moment. */
export interface Add extends After {
  readonly type: "add";
  readonly id: ID;
  readonly fields: Fields;
}
export interface AddPhase extends After {
  readonly type: "addPhase";
  readonly id: ID;
  readonly step: ID;
  readonly title?: string;
  readonly stepTitle?: string;
}
export interface AddStep extends After {
  readonly type: "addStep";
  readonly id: ID;
  readonly phase: ID;
  readonly title?: string;
}
/** With lane and step "" the card goes to the tray. */
export interface AddCard extends After {
  readonly type: "addCard";
  readonly id: ID;
  readonly lane: ID | "";
  readonly step: ID | "";
  readonly fields?: Fields;
}
export interface MovePhase extends After {
  readonly type: "movePhase";
  readonly id: ID;
}
export interface MoveStep extends After {
  readonly type: "moveStep";
  readonly id: ID;
  readonly phase: ID;
}
export interface MoveLane extends After {
  readonly type: "moveLane";
  readonly id: ID;
}
export interface MovePersona extends After {
  readonly type: "movePersona";
  readonly id: ID;
}
export interface MoveCard extends After {
  readonly type: "moveCard";
  readonly id: ID;
  readonly lane: ID | "";
  readonly step: ID | "";
}
/** word and because are heard only when the emotion is new; later they are changed by text ops. */
export interface SetEmotion {
  readonly type: "setEmotion";
  readonly step: ID;
  readonly persona: ID;
  readonly value?: number;
  readonly word?: string;
  readonly because?: string;
  readonly tier?: string;
}
/** Sets fields that are neither text nor rank nor structure; null is back to the default. */
export interface SetFields {
  readonly type: "set";
  readonly id: ID;
  readonly fields: { readonly [field: string]: Json };
}
/** Changes a text field; base is the seq of the text the delta was made against. */
export interface ChangeText {
  readonly type: "text";
  readonly id: ID;
  readonly field: string;
  readonly base: Seq;
  readonly delta: Delta;
}
export interface Delete {
  readonly type: "delete";
  readonly id: ID;
}
export interface Restore {
  readonly type: "restore";
  readonly id: ID;
}
export interface SetMember {
  readonly type: "setMember";
  readonly person: ID;
  readonly role: Role;
}
export interface RemoveMember {
  readonly type: "removeMember";
  readonly person: ID;
}
export interface CloseInvite {
  readonly type: "closeInvite";
  readonly id: ID;
}
export interface Lock {
  readonly type: "lock" | "unlock";
  readonly target: ID;
}
export interface Trash {
  readonly type: "trash" | "untrash";
}
export interface Freeze {
  readonly type: "freeze";
  readonly on: boolean;
}
export interface OpenActivity {
  readonly type: "openActivity";
  readonly id: ID;
  readonly activityType: "collect";
  readonly lane: ID | "";
  readonly sealed: boolean;
  readonly showCount: boolean;
}
export interface CloseActivity {
  readonly type: "closeActivity";
  readonly id: ID;
}
export interface OpenBallot {
  readonly type: "openBallot";
  readonly id: ID;
  readonly title: string;
  readonly cap: number;
  readonly perTarget: number;
  readonly blind: boolean;
}
/** The count for one target, not the difference. */
export interface Vote {
  readonly type: "vote";
  readonly ballot: ID;
  readonly target: ID;
  readonly count: number;
}
export interface CloseBallot {
  readonly type: "closeBallot";
  readonly id: ID;
}

export type Op =
  | Add
  | AddPhase
  | AddStep
  | AddCard
  | MovePhase
  | MoveStep
  | MoveLane
  | MovePersona
  | MoveCard
  | SetEmotion
  | SetFields
  | ChangeText
  | Delete
  | Restore
  | SetMember
  | RemoveMember
  | CloseInvite
  | Lock
  | Trash
  | Freeze
  | OpenActivity
  | CloseActivity
  | OpenBallot
  | Vote
  | CloseBallot;

/** Why an op was refused. */
export type RefusalCode =
  | "badOp"
  | "gone"
  | "noCell"
  | "noParent"
  | "wrongKind"
  | "tooLong"
  | "limit"
  | "role"
  | "locked"
  | "frozen"
  | "trashed"
  | "last"
  | "lastFacilitator"
  | "cap"
  | "closed"
  | "base"
  | "rank"
  | "fault";
