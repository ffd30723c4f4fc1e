// Home before there is anything: three ways to begin, and the example.
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { Icon } from "../chrome/parts.tsx";
import { sample as example } from "../settings.ts";
import { w } from "../words/index.ts";
import { when } from "../words/time.ts";
import { boardURL, create, type Listed, type Template } from "./boards.ts";
import { ImportInput } from "./import-input.tsx";
import { Thumb } from "./thumb.tsx";

export function EmptyHome(props: {
  readonly sample: Listed | undefined;
  readonly templates: readonly Template[];
  readonly choose: () => void;
  readonly join: () => void;
  /** What can be done with the one board. */
  readonly menu: ComponentChildren;
}) {
  const { sample, templates, choose, join, menu } = props;
  const file = useRef<HTMLInputElement>(null);
  const isSample = sample !== undefined && example.is(sample.id);
  return (
    <main class={`hempty ${sample === undefined ? "alone" : ""}`}>
      <div>
        <h1>{w().home.emptyTitle}</h1>
        <p class="lead">{w().home.emptyText}</p>
        <div class="choices">
          <button type="button" class="choice pri" onClick={() => void create("empty")}>
            <span class="ci">
              <Icon name="route" size="l" />
            </span>
            <span class="grow">
              <b>{w().home.emptyMap}</b>
              <small>{w().home.emptyMapHint}</small>
            </span>
            <Icon name="arrow-right" />
          </button>
          <button type="button" class="choice" onClick={choose}>
            <span class="ci">
              <Icon name="layout-template" size="l" />
            </span>
            <span class="grow">
              <b>{w().home.fromTemplate}</b>
              <small>{w().home.fromTemplateHint(templates.length)}</small>
            </span>
            <Icon name="arrow-right" />
          </button>
          <button type="button" class="choice" onClick={() => file.current?.click()}>
            <span class="ci">
              <Icon name="file-text" size="l" />
            </span>
            <span class="grow">
              <b>{w().home.fromFile}</b>
              <small>{w().home.fromFileHint}</small>
            </span>
            <Icon name="arrow-right" />
          </button>
          <ImportInput of={file} />
        </div>
        <p class="small mut">
          {w().home.gotLink}{" "}
          <button type="button" class="lnk" onClick={join}>
            {w().home.join}
          </button>
        </p>
      </div>
      {sample === undefined ? null : (
        <article class="mapcard sample">
          <div class="th">
            <Thumb board={sample} width={560} />
          </div>
          <div class="bd">
            <div class="grow">
              <p class="small mut">{isSample ? w().home.sample : w().home.recent}</p>
              <h2>{sample.title || w().home.untitled}</h2>
              <p class="small mut">
                {isSample ? w().home.sampleHint : w().home.changed(when(sample.changedAt), sample.changedBy)}
              </p>
            </div>
            {menu}
            <a class="btn sec" href={boardURL(sample.id)}>
              {w().home.look}
            </a>
          </div>
        </article>
      )}
    </main>
  );
}
