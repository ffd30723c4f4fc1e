// The QR code of an invite as one path. Loaded with the share dialog alone.
import { encode } from "uqr";

/** The side of the code in modules and the path of its dark ones. */
export function qrPath(text: string): { readonly size: number; readonly d: string } {
  const { data, size } = encode(text, { ecc: "M", border: 0 });
  let d = "";
  for (const [y, row] of data.entries()) {
    for (const [x, dark] of row.entries()) if (dark) d += `M${x} ${y}h1v1h-1z`;
  }
  return { size, d };
}
