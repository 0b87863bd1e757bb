"""A three-level IVR: main menu, sub menu, digits, goodbye. `gunicorn ivr:app`"""

import uuid

from flask import Flask, jsonify, request

VOICE = "en-US-BenjaminRUS"
MAIN = (
    "Welcome to ABC Restaurant. For a table, press 1. "
    "To hear our opening hours, press 2."
)
TABLE = "To change a booking, press 1. To cancel one, press 2."
NUMBER = "Please key in the 6 digits of your booking."
HOURS = "We are open from 9 AM to 9 PM, every day. Goodbye."
NOT_THERE = "Sorry, we did not get that. Goodbye."
TRIES = 3

app = Flask(__name__)
# One worker, so the calls can be here.
calls = {}


def capture(text, digits):
    return {
        "action": "sayAndCapture",
        "params": {
            "promptMessage": text,
            "voiceProfile": VOICE,
            "speed": 1,
            "minDigits": 1,
            "maxDigits": digits,
            "digitTimeout": 5000,
            "overallTimeout": 5000 * (digits + 1),
            "completeOnHash": digits > 1,
            "noOfTries": 1,
        },
    }


def say(text):
    return {
        "action": "say",
        "params": {"text": text, "voiceProfile": VOICE, "repetition": 1, "speed": 1},
    }


def bye(text):
    return [say(text), {"action": "hangup"}]


def ask(call):
    if call["state"] == "main":
        return [capture(MAIN, 1)]
    if call["state"] == "table":
        return [capture(TABLE, 1)]
    return [capture(NUMBER, 6)]


def enter(call, state):
    call["state"] = state
    call["failures"] = 0
    return ask(call)


def again(call):
    call["failures"] += 1
    if call["failures"] >= TRIES:
        return bye(NOT_THERE)
    return ask(call)


def next_actions(payload):
    session = payload["sessionId"]
    call = calls.get(session)
    if call is None:
        call = calls[session] = {}
        return enter(call, "main")
    keyed = (payload.get("eventData") or {}).get("dtmf") or ""
    if call["state"] == "main":
        if keyed == "1":
            return enter(call, "table")
        if keyed == "2":
            return bye(HOURS)
    elif call["state"] == "table":
        if keyed in ("1", "2"):
            call["wish"] = "change" if keyed == "1" else "cancel"
            return enter(call, "number")
    elif len(keyed) == 6 and keyed.isdecimal():
        call["booking"] = keyed
        return bye(
            f"Thank you. We will {call['wish']} your booking {keyed}. Goodbye."
        )
    return again(call)


@app.post("/webhooks")
def webhook():
    event = request.get_json()
    payload = event["payload"]
    if event["eventType"] == "SESSION_SUMMARY":
        calls.pop(payload["sessionId"], None)
        return "", 200
    return jsonify(
        clientActionId=str(uuid.uuid4()), callflow=next_actions(payload)
    )
