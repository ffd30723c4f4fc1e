import { under } from "../assets.ts";
import { Modal } from "../chrome/parts.tsx";
import { call } from "../session.ts";
import { w } from "../words/index.ts";
import { type Act, create, type Listed, type Template } from "./boards.ts";
import { TemplateThumb } from "./thumb.tsx";

export function TemplateDialog({
  templates,
  onClose,
}: {
  readonly templates: readonly Template[];
  readonly onClose: () => void;
}) {
  return (
    <Modal title={w().home.chooseTemplate} onClose={onClose}>
      <div class="tpls one">
        {templates.map((template, i) => (
          <button key={template.name} type="button" class="tpl" onClick={() => void create(template.name)}>
            <TemplateThumb n={i} />
            <span class="grow">
              {template.title}
              <small>{template.about}</small>
            </span>
          </button>
        ))}
      </div>
    </Modal>
  );
}

export function RenameDialog({
  board,
  act,
  onClose,
}: {
  readonly board: Listed;
  readonly act: Act;
  readonly onClose: () => void;
}) {
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const title = String(new FormData(event.target as HTMLFormElement).get("title") ?? "").trim();
    onClose();
    void act(() => call(`boards/${board.id}/title`, "POST", { title }));
  };
  return (
    <Modal title={w().home.renameTitle} onClose={onClose}>
      <form class="stack" onSubmit={submit}>
        <label class="fld">
          <span class="lbl">{w().home.title}</span>
          <input class="in" name="title" maxLength={200} defaultValue={board.title} required />
        </label>
        <div class="row end gap8">
          <button type="button" class="btn sec" onClick={onClose}>
            {w().home.cancel}
          </button>
          <button type="submit" class="btn pri">
            {w().home.save}
          </button>
        </div>
      </form>
    </Modal>
  );
}

export function JoinDialog({ onClose }: { readonly onClose: () => void }) {
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const link = String(new FormData(event.target as HTMLFormElement).get("link") ?? "").trim();
    const secret = link.slice(link.indexOf("#") + 1);
    if (secret !== "") location.assign(under(`join#${secret}`));
  };
  return (
    <Modal title={w().home.joinTitle} onClose={onClose}>
      <form class="stack" onSubmit={submit}>
        <label class="fld">
          <span class="lbl">{w().home.joinLabel}</span>
          <input class="in" name="link" required autocomplete="off" />
        </label>
        <div class="row end">
          <button type="submit" class="btn pri">
            {w().home.joinGo}
          </button>
        </div>
      </form>
    </Modal>
  );
}
