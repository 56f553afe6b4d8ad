// The Salesforce CLI judges the sandbox: both log-ins, queries as tables and JSON, rows made and changed.

import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { accessToken, check, expect, finish, org } from "./verdicts.mjs";

const run = promisify(execFile);
const home = await mkdtemp(join(tmpdir(), "ortoo-judge-"));
const sf = join(import.meta.dirname, "node_modules", "@salesforce", "cli", "bin", "run.js");

/** What `sf` prints; its own home, so that it knows no org but this one and tells nobody. */
async function cli(args, more = {}) {
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    SF_USE_GENERIC_UNIX_KEYCHAIN: "true",
    SF_DISABLE_TELEMETRY: "true",
    SF_AUTOUPDATE_DISABLE: "true",
    ...more,
  };
  try {
    const { stdout } = await run(process.execPath, [sf, ...args], { env, timeout: 60_000 });
    return stdout;
  } catch (failure) {
    throw new Error(`sf ${args.join(" ")}: exit ${failure.code}\n${failure.stdout}${failure.stderr}`);
  }
}
const asJson = async (args, more) => JSON.parse(await cli([...args, "--json"], more)).result;
const AT = ["--instance-url", org.url];

/** Both log-ins are of one user, whom the CLI keeps once: each is tried on before the next. */
const LOG_INS = {
  "by access token": async () => {
    const SF_ACCESS_TOKEN = await accessToken();
    expect(SF_ACCESS_TOKEN.startsWith("00D") && SF_ACCESS_TOKEN.includes("!"), "not <org id>!<secret>");
    await cli(["org", "login", "access-token", ...AT, "--no-prompt", "--alias", "judged"], {
      SF_ACCESS_TOKEN,
    });
  },
  "by JWT": async () => {
    const who = ["--username", org.username, "--client-id", org.client_id];
    const key = ["--jwt-key-file", org.private_key_file];
    await cli(["org", "login", "jwt", ...who, ...key, ...AT, "--alias", "judged"]);
  },
};
const to = ["--target-org", "judged"];

for (const [how, logIn] of Object.entries(LOG_INS)) {
  await check(`sf org login ${how}`, logIn);

  await check(`sf org display (${how})`, async () => {
    const shown = await asJson(["org", "display", ...to]);
    expect(shown.username === org.username && shown.connectedStatus !== "Unknown", shown);
    return `${shown.username}, ${shown.connectedStatus ?? "connected"}`;
  });

  let leadId;
  await check(`sf data create record (${how})`, async () => {
    const made = await asJson([
      ...["data", "create", "record", ...to, "--sobject", "Lead"],
      ...["--values", `LastName='${how}' Company='Judge & Co'`],
    ]);
    expect(made.success, made);
    leadId = made.id;
    return leadId;
  });

  await check(`sf data update record (${how})`, async () => {
    await asJson([
      ...["data", "update", "record", ...to, "--sobject", "Lead", "--record-id", leadId],
      ...["--values", "City=Lyon"],
    ]);
  });

  await check(`sf data query, as JSON and as a table (${how})`, async () => {
    const query = `SELECT Id, LastName, City, Owner.Name FROM Lead WHERE Id = '${leadId}'`;
    const found = await asJson(["data", "query", ...to, "--query", query]);
    expect(found.totalSize === 1 && found.records[0].City === "Lyon", found);
    const table = await cli(["data", "query", ...to, "--query", query]);
    expect(table.includes("OWNER.NAME") && table.includes("Lyon"), table);
    const csv = await cli(["data", "query", ...to, "--query", query, "--result-format", "csv"]);
    expect(csv.startsWith("Id,LastName,City,Owner.Name"), csv);
  });

  await check(`sf data get record, sf data delete record (${how})`, async () => {
    const which = ["--sobject", "Lead", "--record-id", leadId];
    const read = await asJson(["data", "get", "record", ...to, ...which]);
    expect(read.City === "Lyon", read);
    await asJson(["data", "delete", "record", ...to, ...which]);
  });
}

await rm(home, { recursive: true, force: true });
finish();
