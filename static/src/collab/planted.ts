// Bugs that are planted on purpose, to prove that the simulation finds them. A build names at most one of them in
// PLANTED; the shipped build names none, and the bundler then removes every place that asks for one.

declare global {
  const PLANTED:
    | ""
    /** A reset forgets what was not acknowledged yet. */
    | "outbox-dropped-on-reset"
    /** The own entry is applied and the op it acknowledges stays. */
    | "own-entry-twice"
    /** A page load goes on numbering an older page's outbox. */
    | "old-outbox-extended"
    /** Once entries came that this browser may not see, text ops name the seq before them as their base. */
    | "base-before-hole"
    /** Undo of typing takes the letters of others along. */
    | "undo-takes-others"
    /** What was sent before the connection broke is not sent again. */
    | "no-resend"
    /** What others type is not carried over the own letters that wait. */
    | "text-not-transformed"
    /** A text op that is under way goes on growing. */
    | "sent-text-grows"
    /** The mark that answers a claim is not looked at. */
    | "mark-ignored"
    /** Typing that waited while the board was loaded anew is sent as if the text were still the old one. */
    | "text-not-refitted"
    /** What was acknowledged is not kept, and not sent again when the log has lost it. */
    | "acknowledged-forgotten"
    /** Letters that are added to a text op which waits stay in the page. */
    | "growth-not-kept"
    /** That others have changed a record is not noticed, and undo deletes it. */
    | "others-not-noticed";
}

export {};
