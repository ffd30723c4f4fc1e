export function qrPath(): string {
  return "";
}
