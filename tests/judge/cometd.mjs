// The official CometD client judges the sandbox: handshake, replay, a lost session, what is refused.

import { adapt } from "cometd-nodejs-client";
import { CometD } from "cometd";
import { Inbox, accessToken, check, control, expect, finish, org, within } from "./verdicts.mjs";

adapt();
const CHANNEL = "/data/LeadChangeEvent";
const token = await accessToken();

async function createLead(LastName) {
  const answer = await fetch(`${org.url}/services/data/v61.0/sobjects/Lead`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ LastName, Company: "Judge & Co" }),
  });
  expect(answer.status === 201, await answer.text());
}

/** A client as Salesforce's own pages show it; `bearer` may be wrong on purpose. */
function makeClient(bearer = token, more = {}) {
  const client = new CometD();
  client.configure({
    url: `${org.url}/cometd/61.0`,
    requestHeaders: { Authorization: `Bearer ${bearer}` },
    appendMessageTypeToURL: false,
    ...more,
  });
  client.unregisterTransport("websocket");
  return client;
}

const handshaken = (client) => within(20_000, new Promise((done) => client.handshake(done)));
const subscribed = (client, channel, heard, replay) =>
  within(
    20_000,
    new Promise((done) => client.subscribe(channel, (event) => heard.put(event), { ext: { replay } }, done)),
  );
const ofLead = (name) => (event) => event.data?.payload?.Name?.LastName === name;
const bye = (client) => within(20_000, new Promise((done) => client.disconnect(done)));

const client = makeClient();
const heard = new Inbox();

await check("a handshake succeeds and offers replay", async () => {
  const answer = await handshaken(client);
  expect(answer.successful && answer.ext.replay === true, answer);
  expect(answer.supportedConnectionTypes.includes("long-polling"), answer);
});

await check("a subscription hears a new row while the connect is held", async () => {
  const answer = await subscribed(client, CHANNEL, heard, { [CHANNEL]: -1 });
  expect(answer.successful, answer);
  await createLead("Official");
  const event = await heard.take(ofLead("Official"));
  return `replay id ${event.data.event.replayId}`;
});

await check("a second subscription wakes the connect that is held already", async () => {
  const cases = new Inbox();
  const answer = await subscribed(client, "/data/CaseChangeEvent", cases, { "/data/CaseChangeEvent": -1 });
  expect(answer.successful, answer);
  await control("POST", "act", {
    user: org.username,
    create: [{ attributes: { type: "Case" }, Subject: "Judged" }],
  });
  await cases.take((event) => event.data?.payload?.Subject === "Judged");
});

await check("a dropped session is shaken hands with anew, and subscribed again", async () => {
  await control("POST", "streams/drop", {});
  const again = new Inbox();
  const listener = client.addListener("/meta/handshake", (answer) => again.put(answer));
  await again.take((answer) => answer.successful, 25_000);
  client.removeListener(listener);
  const answer = await subscribed(client, CHANNEL, heard, { [CHANNEL]: -1 });
  expect(answer.successful, answer);
  await createLead("Afterwards");
  await heard.take(ofLead("Afterwards"));
});

await check("from -2 on everything retained is replayed, from an id on what came after it", async () => {
  const all = new Inbox();
  const late = makeClient();
  await handshaken(late);
  await subscribed(late, CHANNEL, all, { [CHANNEL]: -2 });
  const first = await all.take(ofLead("Official"));
  await all.take(ofLead("Afterwards"));
  await bye(late);
  const rest = new Inbox();
  const later = makeClient();
  await handshaken(later);
  await subscribed(later, CHANNEL, rest, { [CHANNEL]: first.data.event.replayId });
  const next = await rest.take(() => true);
  expect(ofLead("Afterwards")(next) || !ofLead("Official")(next), next);
  await bye(later);
});

await check("an id that never was is refused with its words", async () => {
  const odd = makeClient();
  await handshaken(odd);
  const answer = await subscribed(odd, CHANNEL, new Inbox(), { [CHANNEL]: 4 });
  expect(!answer.successful && answer.error.startsWith("400::"), answer);
  await bye(odd);
  return answer.error;
});

await check("an unknown channel is refused", async () => {
  const answer = await subscribed(client, "/data/NowhereChangeEvent", new Inbox(), {});
  expect(!answer.successful, answer);
  return answer.error;
});

await check("a wrong token is refused, and the reason is told in ext.sfdc", async () => {
  const wrong = makeClient("00Dwrong!token", { maxNetworkDelay: 5_000 });
  const refused = new Inbox();
  wrong.addListener("/meta/handshake", (answer) => refused.put(answer));
  wrong.handshake();
  const answer = await refused.take((each) => !each.successful);
  wrong.disconnect();
  expect(answer.error === "403::Handshake denied", answer);
  expect(answer.ext.sfdc.failureReason === "401::Authentication invalid", answer);
  return `${answer.error}, ${answer.ext.sfdc.failureReason}`;
});

await check("a disconnect is answered", async () => {
  const answer = await bye(client);
  expect(answer.successful, answer);
});

finish();
