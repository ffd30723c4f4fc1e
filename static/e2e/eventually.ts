// Waiting on a state, never on a time.

const limit = 90_000;
const look = 40;

/** Looks until `so` gives something, and returns it; fails with what it saw last. */
export async function eventually<T>(
  what: string,
  so: () => Promise<T | false | undefined> | T | false | undefined,
  last: () => unknown = () => "",
): Promise<T> {
  const end = Date.now() + limit;
  for (;;) {
    const got = await so();
    if (got !== false && got !== undefined) return got;
    if (Date.now() > end) throw new Error(`it never came to this: ${what} ${JSON.stringify(last())}`);
    await new Promise((resolve) => setTimeout(resolve, look));
  }
}
