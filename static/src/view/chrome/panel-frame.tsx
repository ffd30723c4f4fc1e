// The frame of a panel: title, close, a body that scrolls.
import type { ComponentChildren } from "preact";
import type { MapView } from "../map/view.ts";
import { w } from "../words/index.ts";
import { Icon } from "./parts.tsx";

export function PanelFrame(props: {
  readonly view: MapView;
  readonly title: string;
  readonly count?: number;
  readonly tools?: ComponentChildren;
  readonly children: ComponentChildren;
  readonly id?: string;
}) {
  return (
    <aside class="panel" aria-label={props.title} id={props.id} onFocusIn={() => props.view.focus.leave()}>
      <div class="phd">
        <h2>{props.title}</h2>
        {props.count === undefined ? null : <span class="mut tn">{props.count}</span>}
        <span class="sp" />
        {props.tools}
        <button
          type="button"
          class="ib"
          aria-label={w().common.close}
          onClick={() => {
            props.view.panel.value = undefined;
            props.view.focus.enter();
          }}
        >
          <Icon name="x" />
        </button>
      </div>
      <div class="pbd" tabIndex={0} role="group" aria-label={props.title}>
        {props.children}
      </div>
    </aside>
  );
}
