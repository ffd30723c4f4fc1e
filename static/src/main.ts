// The pages of a desk: home, boards, and what signs people in.
import { start } from "./view/pages/start.tsx";

void start();
