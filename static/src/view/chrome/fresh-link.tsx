// A link that was just made: it is shown this once.
import { useRef, useState } from "preact/hooks";
import { asset } from "../assets.ts";
import { toast } from "../notices.ts";
import { w } from "../words/index.ts";
import { Icon } from "./parts.tsx";

export function FreshLink({ url }: { readonly url: string }) {
  const [copied, setCopied] = useState(false);
  const [code, setCode] = useState<{ size: number; d: string } | undefined>(undefined);
  const input = useRef<HTMLInputElement>(null);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(url);
    } catch {
      // Without a secure origin there is the old way alone.
      input.current?.select();
      if (!document.execCommand("copy")) {
        toast(w().share.copyByHand);
        return;
      }
    }
    setCopied(true);
    toast(w().notice.copied);
  };
  const qr = async (): Promise<void> => {
    const module = (await import(asset("qr"))) as typeof import("../qr.ts");
    setCode(module.qrPath(url));
  };
  return (
    <div class="fresh">
      <p class="small">{w().share.once}</p>
      <div class="row gap8">
        <input
          ref={input}
          class="in sm"
          readOnly
          value={url}
          aria-label={w().share.links}
          data-invite-url=""
          onFocus={(event) => event.currentTarget.select()}
        />
        <button type="button" class="btn sec sm" onClick={() => void copy()}>
          <Icon name={copied ? "check" : "copy"} size="m" />
          {copied ? w().share.copied : w().share.copy}
        </button>
        <button
          type="button"
          class="ib"
          aria-label={w().share.qr}
          title={w().share.qr}
          onClick={() => void qr()}
        >
          <Icon name="qr-code" />
        </button>
      </div>
      {code === undefined ? null : (
        <svg
          class="qr"
          viewBox={`-2 -2 ${code.size + 4} ${code.size + 4}`}
          role="img"
          aria-label={w().share.qr}
          shape-rendering="crispEdges"
        >
          <rect x="-2" y="-2" width={code.size + 4} height={code.size + 4} fill="#fff" />
          <path d={code.d} fill="#122526" />
        </svg>
      )}
    </div>
  );
}
