// Addresses of built files. The shell names them, so that the server can add a hash of their content.

type Asset = "app" | "home" | "phone" | "join" | "de" | "en" | "dePhone" | "enPhone" | "qr" | "icons";

/** The address of a built file. */
export function asset(name: Asset): string {
  const named = document.getElementById("boot")?.dataset[name];
  return new URL(named ?? `assets/${name}.js`, document.baseURI).href;
}

/** The path of the page below the base, without a leading slash. */
export function pagePath(): string {
  return location.pathname.slice(new URL(document.baseURI).pathname.length);
}

/** The address of a page or call below the base. */
export function under(path: string): string {
  return new URL(path, document.baseURI).href;
}
