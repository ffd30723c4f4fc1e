// Every key, by what it is for.
import { letters, setLetters } from "../settings.ts";
import { w } from "../words/index.ts";
import { Modal } from "./parts.tsx";

export function HelpDialog({ onClose }: { readonly onClose: () => void }) {
  const h = w().help;
  const k = w().key;
  const ctrl = /Mac|iP(hone|ad)/.test(navigator.userAgent) ? "⌘" : k.ctrl;
  const groups: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
    [
      h.groups.move,
      [
        ["← ↑ → ↓", h.arrows],
        [k.enter, h.enter],
        [k.esc, h.esc],
        [`${k.shift} F10`, h.context],
        [`${k.space} + ↔`, h.pan],
        [`${ctrl} + −`, h.zoom],
        [`${k.shift} 1 · 2`, h.fit],
      ],
    ],
    [
      h.groups.cards,
      [
        ["a … z", h.typing],
        [k.enter, h.enterNext],
        ["Tab", h.tab],
        [`${k.shift} ${k.enter}`, h.shiftEnter],
        [`${ctrl} ${k.shift} ←↑→↓`, h.moveCard],
        [`${k.alt} ↑ ↓`, h.reorder],
        [`${k.alt} ${k.shift} ← →`, h.span],
        [k.space, h.select],
        [k.del, h.del],
        ["↑ ↓", h.emotion],
      ],
    ],
    [h.groups.structure, [[`${ctrl} ${k.shift} ←↑→↓`, h.structureMove]]],
    [
      h.groups.board,
      [
        [`${ctrl} K`, h.palette],
        [`${ctrl} Z · ${ctrl} ${k.shift} Z`, h.undo],
        ["V · H · N · M", [w().tool.select, w().tool.hand, w().tool.sticky, w().tool.moments].join(", ")],
      ],
    ],
  ];
  return (
    <Modal title={h.title} onClose={onClose} wide>
      <div class="keys">
        {groups.map(([title, rows]) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>
              {rows.map(([keys, what]) => (
                <div key={`${keys}${what}`}>
                  <dt>
                    <span class="kbd">{keys}</span>
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <p class="small mut">{h.wheel}</p>
      <p class="small mut">{h.letters}</p>
      <label class="switch">
        <input
          type="checkbox"
          checked={letters.value}
          onChange={(event) => setLetters(event.currentTarget.checked)}
        />
        {h.lettersOn}
      </label>
    </Modal>
  );
}
