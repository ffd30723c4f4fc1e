// Ops: what a participant asks for, as data. The server decides; predict.ts says beforehand what it should decide.
import type { Role as MemberRole, Op } from "./schema.gen.ts";

export type { Code, Op, OpType } from "./schema.gen.ts";

/** What a person may do; "" may not even look. */
export type Role = MemberRole | "";

export type OpOf<T extends Op["type"]> = Extract<Op, { readonly type: T }>;
export type ChangeText = OpOf<"text">;
