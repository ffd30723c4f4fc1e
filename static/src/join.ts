// The page that an invite opens: who one is, and in.
import { startJoin } from "./view/phone/join.ts";

void startJoin();
