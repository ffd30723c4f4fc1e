// What Back closes on a phone: each thing that lies over the list of a step is one entry of the history, and its entry
// goes with it, whatever closes it. A browser whose Back closes dialogs by itself is one more thing that closes them.

/** What lies over the list by name, the last on top, and how it is closed. */
const over = new Map<string, () => void>();
/** The way back is this page's own: it arrives with the next popstate. */
let going = false;

/** Says how something is closed that lies over the list now; without `close`, that it lies there no more. */
export function closable(name: string, close?: () => void): void {
  if (close === undefined) over.delete(name);
  else over.set(name, close);
  queueMicrotask(settle); // what one tap closes and what it opens share an entry
}

/** Brings the history to as many entries as things lie over the list. */
function settle(): void {
  const entries = depth();
  if (going || entries === over.size) return;
  going = entries > over.size;
  if (going) history.go(over.size - entries);
  else {
    history.pushState(entries + 1, "");
    settle();
  }
}

function depth(): number {
  return Number(history.state) || 0;
}

addEventListener("popstate", () => {
  if (!going)
    for (const [name, close] of [...over].slice(depth()).reverse()) {
      over.delete(name);
      close();
    }
  going = false;
  settle();
});
queueMicrotask(settle); // a reload keeps the entries and closes everything
