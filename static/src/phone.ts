// The pages of a phone: joining by an invite, and a board as a list.
import { startPhone } from "./view/phone/start.ts";

void startPhone();
