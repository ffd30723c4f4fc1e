// The page of a phone: a board as a list.
import { startPhone } from "./view/phone/start.ts";

void startPhone();
