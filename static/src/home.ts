// The list of boards, what signs people in, and all other pages that are no board.
import { start } from "./view/pages/start.tsx";

void start();
