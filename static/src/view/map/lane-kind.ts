// How each type of lane looks: its tint, its icon, and how its cards are drawn.

export type Look =
  | "plain"
  | "icon"
  | "chip"
  | "dept"
  | "say"
  | "pain"
  | "kpi"
  | "outlined"
  | "curve"
  | "line";

export interface LaneKind {
  readonly tint: string;
  readonly icon: string;
  readonly look: Look;
}

export const laneKinds: Readonly<Record<string, LaneKind>> = {
  actions: { tint: "l-actions", icon: "footprints", look: "plain" },
  touchpoints: { tint: "l-touch", icon: "map-pin", look: "icon" },
  channels: { tint: "l-back", icon: "radio-tower", look: "chip" },
  objects: { tint: "l-custom", icon: "package", look: "icon" },
  people: { tint: "l-steps", icon: "users", look: "icon" },
  thoughts: { tint: "l-thoughts", icon: "message-circle", look: "say" },
  quotes: { tint: "l-thoughts", icon: "quote", look: "say" },
  emotions: { tint: "l-plain", icon: "heart-pulse", look: "curve" },
  needs: { tint: "l-steps", icon: "heart-handshake", look: "plain" },
  goals: { tint: "l-steps", icon: "target", look: "plain" },
  pains: { tint: "l-pains", icon: "triangle-alert", look: "pain" },
  gains: { tint: "l-touch", icon: "sparkles", look: "pain" },
  opportunities: { tint: "l-opps", icon: "lightbulb", look: "kpi" },
  departments: { tint: "l-custom", icon: "building-2", look: "dept" },
  offers: { tint: "l-touch", icon: "tag", look: "plain" },
  systems: { tint: "l-back", icon: "database", look: "outlined" },
  kpis: { tint: "l-steps", icon: "chart-line", look: "kpi" },
  insights: { tint: "l-thoughts", icon: "telescope", look: "plain" },
  images: { tint: "l-plain", icon: "image", look: "plain" },
  text: { tint: "l-plain", icon: "type", look: "plain" },
  custom: { tint: "l-custom", icon: "shapes", look: "plain" },
  frontstage: { tint: "l-actions", icon: "store", look: "outlined" },
  backstage: { tint: "l-back", icon: "server", look: "outlined" },
  support: { tint: "l-back", icon: "life-buoy", look: "outlined" },
  separator: { tint: "l-plain", icon: "minus", look: "line" },
};

const unknown: LaneKind = { tint: "l-custom", icon: "shapes", look: "plain" };

export function laneKind(type: string): LaneKind {
  return laneKinds[type] ?? unknown;
}

/** Icons a card can carry, in the order the menu shows them. */
export const cardIcons = [
  "mail",
  "phone",
  "smartphone",
  "globe",
  "laptop",
  "store",
  "package",
  "truck",
  "receipt",
  "credit-card",
  "file-text",
  "users-round",
  "message-circle",
  "headphones",
  "circle-user-round",
  "shopping-cart",
  "scale",
  "map",
  "scan-face",
  "key-round",
  "newspaper",
  "megaphone",
  "tv",
  "bot",
  "wrench",
  "signature",
  "calendar",
  "star",
  "camera",
  "video",
  "house",
  "car",
  "train-front",
  "heart",
  "bell",
  "printer",
] as const;

const hints: readonly (readonly [RegExp, string])[] = [
  [/e-?mail|newsletter|\bmail\b/i, "mail"],
  [/telefon|\bphone\b|anruf|\bcall/i, "phone"],
  [/hotline|call ?center|support|service/i, "headphones"],
  [/\bapp\b|-app\b|mobil|handy|sms|push/i, "smartphone"],
  [/vergleich|compar/i, "scale"],
  [/web|online|internet|portal|site|seite/i, "globe"],
  [/shop|laden|filiale|store|geschäft|branch/i, "store"],
  [/post|paket|parcel|brief|letter|letterbox|mailbox/i, "package"],
  [/liefer|versand|deliver|courier|kurier/i, "truck"],
  [/rechnung|invoice|bill|beleg|receipt/i, "receipt"],
  [/(netz|land|stadt|straßen|anfahrts|wander)karte|(stadt|lage|strecken)plan|\bmap\b/i, "map"],
  [/video|kamera|camera/i, "video"],
  [/ident|ausweis|gesicht|\bid\b|face/i, "scan-face"],
  [/bestell|order|warenkorb|basket|cart|checkout/i, "shopping-cart"],
  [/konto|account|profil/i, "circle-user-round"],
  [/empfehl|gespräch|persön|kolleg|freund|talk|friend|recommend|person|in branch/i, "users-round"],
  [/chat|messenger|whatsapp/i, "message-circle"],
  [/vertrag|contract|antrag|formular|\bform\b|dokument|document|pdf|brosch/i, "file-text"],
  [/werbung|anzeige|plakat|\bad\b|advert|social|instagram|poster/i, "megaphone"],
  [/zahl|pay|kasse|bank/i, "credit-card"],
  [/zeitung|presse|magazin|press/i, "newspaper"],
  [/\btv\b|fernseh/i, "tv"],
];

/** The icon of a card that has none of its own: guessed from its words, else its lane's. */
export function guessIcon(text: string, lane: LaneKind): string {
  for (const [words, name] of hints) if (words.test(text)) return name;
  return lane.icon;
}
