// The secret of a link stands behind the # of its address: so it is in no request and no log.

/** Reads it. For another link that is put into this page's address the browser loads nothing: the page does. */
export function readSecret(): string {
  addEventListener("hashchange", () => {
    if (location.hash.length > 1) location.reload();
  });
  return location.hash.slice(1);
}
