// The page of a board on a desk.
import { startBoard } from "./view/pages/start-board.tsx";

void startBoard();
