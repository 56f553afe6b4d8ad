// jsforce 3 judges the sandbox: log-in, queries, rows, collections, composite, streams with replay.

import jsforce from "jsforce";
import streaming from "jsforce/lib/api/streaming.js";
import { Inbox, check, control, expect, finish, org, within } from "./verdicts.mjs";

const { Connection } = jsforce;
const { StreamingExtension } = streaming;
const CHANNEL = "/data/LeadChangeEvent";
const lead = (LastName, more = {}) => ({ LastName, Company: "Judge & Co", ...more });

let connection;

await check("client credentials log in", async () => {
  connection = new Connection({
    version: "61.0",
    oauth2: { loginUrl: org.url, clientId: org.client_id, clientSecret: org.client_secret },
  });
  await connection.authorize({ grant_type: "client_credentials" });
  expect(connection.instanceUrl === org.url, connection.instanceUrl);
});

await check("the identity is the daemon's user", async () => {
  const me = await connection.identity();
  expect(me.username === org.username && me.organization_id === org.org_id, me);
  return me.username;
});

await check("versions, resources and limits are listed", async () => {
  const versions = await connection.request("/services/data");
  const resources = await connection.request("/services/data/v61.0");
  const limits = await connection.limits();
  expect(versions.some((one) => one.version === "61.0"), versions);
  expect("sobjects" in resources && limits.DailyApiRequests.Max > 0, limits);
});

await check("a global description names Lead, one of Lead names its fields", async () => {
  const all = await connection.describeGlobal();
  const one = await connection.sobject("Lead").describe();
  expect(all.sobjects.some((each) => each.name === "Lead"), "no Lead");
  expect(one.fields.some((field) => field.name === "OwnerId" && field.type === "reference"), "no OwnerId");
  return `${one.fields.length} fields`;
});

let created;

await check("a row is created, read, changed and read again", async () => {
  created = await connection.sobject("Lead").create(lead("Row"));
  expect(created.success, created);
  await connection.sobject("Lead").update({ Id: created.id, City: "Lyon" });
  const read = await connection.sobject("Lead").retrieve(created.id);
  expect(read.City === "Lyon" && read.LastName === "Row", read);
});

await check("a missing field is refused with its code and name", async () => {
  try {
    await connection.sobject("Lead").create({ LastName: "NoCompany" });
  } catch (refusal) {
    expect(refusal.errorCode === "REQUIRED_FIELD_MISSING", refusal.errorCode);
    return refusal.message;
  }
  throw new Error("it was taken");
});

await check("an unknown field in a query is refused with INVALID_FIELD", async () => {
  try {
    await connection.query("SELECT Id, Nowhere__c FROM Lead");
  } catch (refusal) {
    expect(refusal.errorCode === "INVALID_FIELD", refusal.errorCode);
    return;
  }
  throw new Error("it was answered");
});

await check("collections create, update, retrieve and delete 200 rows", async () => {
  const rows = Array.from({ length: 200 }, (_, n) => lead(`Many ${n}`));
  const made = await connection.sobject("Lead").create(rows);
  expect(made.length === 200 && made.every((one) => one.success), made[0]);
  const ids = made.map((one) => one.id);
  const changed = await connection.sobject("Lead").update(ids.map((Id) => ({ Id, City: "Paris" })));
  expect(changed.every((one) => one.success), changed[0]);
  const read = await connection.sobject("Lead").retrieve(ids);
  expect(read.length === 200 && read.every((one) => one.City === "Paris"), read[0]);
  const gone = await connection.sobject("Lead").destroy(ids);
  expect(gone.every((one) => one.success), gone[0]);
});

await check("all or none rolls back what was right", async () => {
  const answers = await connection
    .sobject("Lead")
    .create([lead("Rolled back"), { LastName: "NoCompany" }], { allOrNone: true })
    .catch((refusal) => refusal);
  const left = await connection.query("SELECT COUNT() FROM Lead WHERE LastName = 'Rolled back'");
  expect(left.totalSize === 0, answers);
});

await check("a query longer than one page is read to its end", async () => {
  for (const from of [0, 200]) {
    const rows = Array.from({ length: 200 }, (_, n) => lead("Paged", { City: `C${from + n}` }));
    await connection.sobject("Lead").create(rows);
  }
  const query = connection.query("SELECT Id, City FROM Lead WHERE LastName = 'Paged' ORDER BY City");
  const all = await query.run({ autoFetch: true, maxFetch: 1000, headers: { "Sforce-Query-Options": "batchSize=200" } });
  const records = Array.isArray(all) ? all : all.records;
  expect(records.length === 400, records.length);
});

await check("a parent's field, a child subquery and an aggregate are answered", async () => {
  const parent = await connection.query("SELECT Id, Owner.Name FROM Lead LIMIT 1");
  const children = await connection.query("SELECT Id, (SELECT Id FROM Contacts) FROM Account LIMIT 3");
  const counted = await connection.query("SELECT City, COUNT(Id) n FROM Lead GROUP BY City HAVING COUNT(Id) > 0");
  expect(parent.records[0].Owner.Name && children.records.length > 0 && counted.records[0].n > 0, counted.records[0]);
});

await check("an upsert on an external id makes once and changes afterwards", async () => {
  const row = { Name_Key__c: "judge@1", Object__c: "Lead" };
  const first = await connection.sobject("Ortoo_Policy__c").upsert(row, "Name_Key__c");
  const second = await connection.sobject("Ortoo_Policy__c").upsert(row, "Name_Key__c");
  expect(first.success && first.created === true && second.success && !second.created, [first, second]);
});

await check("composite calls refer to one another", async () => {
  const answer = await connection.request({
    method: "POST",
    url: "/services/data/v61.0/composite",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      allOrNone: true,
      compositeRequest: [
        { method: "POST", url: "/services/data/v61.0/sobjects/Lead", referenceId: "made", body: lead("Composite") },
        { method: "GET", url: "/services/data/v61.0/sobjects/Lead/@{made.id}?fields=LastName", referenceId: "read" },
      ],
    }),
  });
  expect(answer.compositeResponse[1].body.LastName === "Composite", answer);
});

await check("a deleted row is found by queryAll only", async () => {
  await connection.sobject("Lead").destroy(created.id);
  const where = `WHERE Id = '${created.id}'`;
  const seen = await connection.query(`SELECT Id FROM Lead ${where}`);
  const all = await connection.query(`SELECT Id, IsDeleted FROM Lead ${where}`, { scanAll: true });
  expect(seen.totalSize === 0 && all.totalSize === 1 && all.records[0].IsDeleted, all);
});

await check("a revoked token is refused, and the library logs in anew", async () => {
  let asked = 0;
  const renewing = new Connection({
    instanceUrl: org.url,
    accessToken: connection.accessToken,
    version: "61.0",
    refreshFn: (_, done) => {
      asked += 1;
      const fresh = new Connection({
        oauth2: { loginUrl: org.url, clientId: org.client_id, clientSecret: org.client_secret },
      });
      fresh.authorize({ grant_type: "client_credentials" }).then(() => done(null, fresh.accessToken), done);
    },
  });
  await control("POST", "sessions/revoke", {});
  const answer = await renewing.query("SELECT Id FROM Lead LIMIT 1");
  expect(asked === 1 && answer.totalSize === 1, { asked });
  connection = renewing;
});

const heard = new Inbox();
let client;

function subscribe(replay) {
  const replayed = new StreamingExtension.Replay(CHANNEL, replay);
  const failure = new StreamingExtension.AuthFailure((why) => heard.put({ failure: why }));
  client = connection.streaming.createClient([failure, replayed]);
  const subscription = client.subscribe(CHANNEL, (event) => heard.put(event));
  return within(20_000, new Promise((done, refuse) => subscription.then(done, refuse)));
}

const ofLead = (name) => (event) => event.payload?.Name?.LastName === name;

await check("a subscription hears a new row", async () => {
  await subscribe(-1);
  await connection.sobject("Lead").create(lead("Heard"));
  const event = await heard.take(ofLead("Heard"));
  expect(event.payload.ChangeEventHeader.changeType === "CREATE" && event.event.replayId > 0, event);
  return `replay id ${event.event.replayId}`;
});

await check("a dropped session is taken up again, and what was committed meanwhile is replayed", async () => {
  await control("POST", "streams/drop", {});
  await connection.sobject("Lead").create(lead("Meanwhile"));
  await heard.take(ofLead("Meanwhile"), 25_000);
});

await check("a later subscriber replays from the start of the retention", async () => {
  client.disconnect();
  const before = new Inbox();
  const replayed = new StreamingExtension.Replay(CHANNEL, -2);
  const late = connection.streaming.createClient([replayed]);
  late.subscribe(CHANNEL, (event) => before.put(event));
  await before.take(ofLead("Heard"));
  await before.take(ofLead("Meanwhile"));
  late.disconnect();
});

finish();
