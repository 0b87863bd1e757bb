// A three-level IVR: main menu, sub menu, digits, goodbye. `node ivr.js PORT`

import { randomUUID } from "node:crypto";
import Fastify from "fastify";

const VOICE = "en-US-BenjaminRUS";
const MAIN =
  "Welcome to ABC Restaurant. For a table, press 1. To hear our opening hours, press 2.";
const TABLE = "To change a booking, press 1. To cancel one, press 2.";
const NUMBER = "Please key in the 6 digits of your booking.";
const HOURS = "We are open from 9 AM to 9 PM, every day. Goodbye.";
const NOT_THERE = "Sorry, we did not get that. Goodbye.";
const TRIES = 3;

// One process, so the calls can be here.
const calls = new Map();

const capture = (text, digits) => ({
  action: "sayAndCapture",
  params: {
    promptMessage: text,
    voiceProfile: VOICE,
    speed: 1,
    minDigits: 1,
    maxDigits: digits,
    digitTimeout: 5000,
    overallTimeout: 5000 * (digits + 1),
    completeOnHash: digits > 1,
    noOfTries: 1,
  },
});

const bye = (text) => [
  { action: "say", params: { text, voiceProfile: VOICE, repetition: 1, speed: 1 } },
  { action: "hangup" },
];

function ask(call) {
  if (call.state === "main") return [capture(MAIN, 1)];
  if (call.state === "table") return [capture(TABLE, 1)];
  return [capture(NUMBER, 6)];
}

function enter(call, state) {
  call.state = state;
  call.failures = 0;
  return ask(call);
}

function again(call) {
  call.failures += 1;
  return call.failures >= TRIES ? bye(NOT_THERE) : ask(call);
}

function nextActions(payload) {
  const call = calls.get(payload.sessionId);
  if (call === undefined) {
    const begun = { state: "main", failures: 0, wish: "", booking: "" };
    calls.set(payload.sessionId, begun);
    return ask(begun);
  }
  const keyed = payload.eventData?.dtmf ?? "";
  if (call.state === "main") {
    if (keyed === "1") return enter(call, "table");
    if (keyed === "2") return bye(HOURS);
  } else if (call.state === "table") {
    if (keyed === "1" || keyed === "2") {
      call.wish = keyed === "1" ? "change" : "cancel";
      return enter(call, "number");
    }
  } else if (/^\d{6}$/.test(keyed)) {
    call.booking = keyed;
    return bye(`Thank you. We will ${call.wish} your booking ${keyed}. Goodbye.`);
  }
  return again(call);
}

const app = Fastify();

app.post("/webhooks", async (request, reply) => {
  const { eventType, payload } = request.body;
  if (eventType === "SESSION_SUMMARY") {
    calls.delete(payload.sessionId);
    return reply.send();
  }
  return { clientActionId: randomUUID(), callflow: nextActions(payload) };
});

await app.listen({ host: "127.0.0.1", port: Number(process.argv[2]) });
