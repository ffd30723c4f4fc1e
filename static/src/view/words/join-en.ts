// The words of the page that an invite opens.

export const words = {
  invites: (name: string) => (name === "" ? "You are invited" : `${name} invites you`),
  name: "What is your name?",
  department: "Which department?",
  other: "other",
  otherLabel: "Name of the department",
  passcode: "Passcode",
  go: "Join in",
  note: (looks: boolean) => `No account needed.${looks ? "" : " Your name stands on your cards."}`,
  gone: "This link is no longer good. Ask for a new one.",
  members: (n: number) => (n === 1 ? "1 person takes part" : `${n} people take part`),
  departments: ["Service", "IT", "Sales", "Marketing", "Logistics", "Finance"],
  already: (name: string) => `You are here as ${name}.`,
  noSecret: "This page needs an invite link.",
};
