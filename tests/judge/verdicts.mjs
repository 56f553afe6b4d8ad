// What do the judges have in common? Checks that print one line each, and a deadline for what must come.

export const org = JSON.parse(process.env.SANDBOX);

let failed = 0;

/** Run one check; its name is a sentence of what must hold, its return value is shown beside it. */
export async function check(name, judge) {
  try {
    const shown = await within(30_000, judge());
    console.log(`ok    ${name}${shown === undefined ? "" : `: ${shown}`}`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL  ${name}: ${error?.stack ?? JSON.stringify(error)}`);
  }
}

export function expect(holds, otherwise) {
  if (!holds) throw new Error(typeof otherwise === "string" ? otherwise : JSON.stringify(otherwise));
}

/** A promise that is refused when nothing has come of it in time. */
export function within(milliseconds, promise) {
  let timer;
  const late = new Promise((_, refuse) => {
    timer = setTimeout(() => refuse(new Error(`nothing came within ${milliseconds} ms`)), milliseconds);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Things that arrive one by one, to be waited for by what they are. */
export class Inbox {
  #kept = [];
  #waiting = [];

  put(thing) {
    this.#kept.push(thing);
    for (const wake of this.#waiting.splice(0)) wake();
  }

  async take(wanted, milliseconds = 20_000) {
    const until = Date.now() + milliseconds;
    for (;;) {
      const found = this.#kept.find(wanted);
      if (found !== undefined) return found;
      await within(until - Date.now(), new Promise((wake) => this.#waiting.push(wake)));
    }
  }
}

/** A call of the sandbox's control endpoint. */
export async function control(method, path, body) {
  const answer = await fetch(`${org.url}/sandbox/${path}`, {
    method,
    headers: { "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  expect(answer.ok, `${method} /sandbox/${path}: ${answer.status}`);
  return answer.json();
}

/** An access token by client credentials, as a client that holds no library gets it. */
export async function accessToken() {
  const answer = await fetch(`${org.url}/services/oauth2/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "client_credentials",
      client_id: org.client_id,
      client_secret: org.client_secret,
    }),
  });
  expect(answer.ok, `token: ${answer.status}`);
  return (await answer.json()).access_token;
}

export function finish() {
  process.exit(failed === 0 ? 0 : 1);
}
