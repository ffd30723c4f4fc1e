// The dialogs of a board, one at a time.
import { emotionID } from "../../board/record.ts";
import type { MapView } from "../map/view.ts";
import { EmotionDialog } from "./dialog-emotion.tsx";
import { HelpDialog } from "./dialog-help.tsx";
import { KpiDialog } from "./dialog-kpi.tsx";
import { Palette } from "./dialog-palette.tsx";
import { PersonaDialog } from "./dialog-persona.tsx";
import { ShareDialog } from "./dialog-share.tsx";
import { TrashDialog } from "./dialog-trash.tsx";

export function Dialogs({ view }: { readonly view: MapView }) {
  const dialog = view.dialog.value;
  const close = (): void => {
    view.dialog.value = undefined;
  };
  switch (dialog?.kind) {
    case "share":
      return <ShareDialog view={view} onClose={close} />;
    case "trash":
      return <TrashDialog view={view} onClose={close} />;
    case "help":
      return <HelpDialog onClose={close} />;
    case "palette":
      return <Palette view={view} typed={dialog.typed ?? ""} onClose={close} />;
    case "persona":
      return <PersonaDialog view={view} id={dialog.id} onClose={close} />;
    case "kpi":
      return <KpiDialog view={view} id={dialog.id} onClose={close} />;
    case "emotion": {
      const persona = view.journey.persona;
      const key = persona === undefined ? dialog.step : emotionID(dialog.step, persona.id);
      return <EmotionDialog key={key} view={view} step={dialog.step} onClose={close} />;
    }
    default:
      return null;
  }
}
