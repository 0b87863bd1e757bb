"""A three-level IVR: main menu, sub menu, digits, goodbye. `uvicorn ivr:app`"""

import uuid
from dataclasses import dataclass

from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

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


class EventData(BaseModel):
    dtmf: str | None = None


class Payload(BaseModel):
    sessionId: str
    eventData: EventData | None = None


class Webhook(BaseModel):
    eventType: str
    payload: Payload


@dataclass(slots=True)
class Call:
    state: str = "main"
    failures: int = 0
    wish: str = ""
    booking: str = ""


app = FastAPI(openapi_url=None)
# One worker, so the calls can be here.
calls: dict[str, Call] = {}


def capture(text: str, digits: int) -> dict:
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


def say(text: str) -> dict:
    return {
        "action": "say",
        "params": {"text": text, "voiceProfile": VOICE, "repetition": 1, "speed": 1},
    }


def bye(text: str) -> list[dict]:
    return [say(text), {"action": "hangup"}]


def ask(call: Call) -> list[dict]:
    if call.state == "main":
        return [capture(MAIN, 1)]
    if call.state == "table":
        return [capture(TABLE, 1)]
    return [capture(NUMBER, 6)]


def enter(call: Call, state: str) -> list[dict]:
    call.state = state
    call.failures = 0
    return ask(call)


def again(call: Call) -> list[dict]:
    call.failures += 1
    return bye(NOT_THERE) if call.failures >= TRIES else ask(call)


def next_actions(payload: Payload) -> list[dict]:
    call = calls.get(payload.sessionId)
    if call is None:
        call = calls[payload.sessionId] = Call()
        return ask(call)
    keyed = (payload.eventData and payload.eventData.dtmf) or ""
    if call.state == "main":
        if keyed == "1":
            return enter(call, "table")
        if keyed == "2":
            return bye(HOURS)
    elif call.state == "table":
        if keyed in ("1", "2"):
            call.wish = "change" if keyed == "1" else "cancel"
            return enter(call, "number")
    elif len(keyed) == 6 and keyed.isdecimal():
        call.booking = keyed
        return bye(f"Thank you. We will {call.wish} your booking {keyed}. Goodbye.")
    return again(call)


@app.post("/webhooks")
async def webhook(event: Webhook) -> Response:
    if event.eventType == "SESSION_SUMMARY":
        calls.pop(event.payload.sessionId, None)
        return Response()
    answer = {
        "clientActionId": str(uuid.uuid4()),
        "callflow": next_actions(event.payload),
    }
    return JSONResponse(answer)
