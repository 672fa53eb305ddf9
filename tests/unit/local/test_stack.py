import base64

import function_app
from local.stack import SILENT_TIMERS, WEBHOOK_SECRET


def test_the_laptops_webhook_secret_serves_both_signature_schemes() -> None:
    assert base64.b64decode(WEBHOOK_SECRET.removeprefix("whsec_"), validate=True)


def test_the_demonstration_silences_every_timer_of_the_app() -> None:
    functions = {each.get_function_name(): each.get_trigger() for each in function_app.app.get_functions()}
    timers = [name for name, trigger in functions.items() if trigger and trigger.type == "timerTrigger"]
    assert timers
    assert {f"AzureWebJobs.{name}.Disabled": "true" for name in timers} == SILENT_TIMERS
