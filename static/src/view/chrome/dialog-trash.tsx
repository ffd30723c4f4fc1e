// Asks before a board goes into the trash under others who are on it.
import type { MapView } from "../map/view.ts";
import { w } from "../words/index.ts";
import { Modal } from "./parts.tsx";

export function TrashDialog({ view, onClose }: { readonly view: MapView; readonly onClose: () => void }) {
  const { me, peers } = view.replica;
  const others = new Set([...peers.values()].map((peer) => peer.person).filter((one) => one !== me.person));
  return (
    <Modal
      title={w().trash.title}
      onClose={onClose}
      foot={
        <>
          <button type="button" class="btn sec" onClick={onClose}>
            {w().common.cancel}
          </button>
          <button
            type="button"
            class="btn pri"
            onClick={() => {
              onClose();
              view.verbs.trash(true);
            }}
          >
            {w().tool.trash}
          </button>
        </>
      }
    >
      <p>{w().trash.others(others.size)}</p>
    </Modal>
  );
}
