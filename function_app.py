"""The triggers of the app. Each body decodes, calls and answers; what happens is told in `sync_core/`.

Nothing heavy is imported and no setting is read here but one, that is never wrong: one failed import and the host finds
no function at all.
"""

from os import environ
from typing import TYPE_CHECKING

import azure.functions as func

if TYPE_CHECKING:
    from sync_core.answer import HttpAnswer

app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)

STORAGE = "AzureWebJobsStorage"
# Whom the host lets in must be said when the functions are indexed. Where people sign in, it asks nobody for a key, and
# the app refuses whoever is not signed in; any other value means function keys.
PEOPLE_SIGN_IN = environ.get("WEB_SIGN_IN") == "entra"
WEB = func.AuthLevel.ANONYMOUS if PEOPLE_SIGN_IN else func.AuthLevel.FUNCTION


@app.timer_trigger(schedule="0 * * * * *", arg_name="timer", run_on_startup=False)
def discover_assets(timer: func.TimerRequest, context: func.Context) -> None:
    """Find tagged assets, record them, enqueue what must be provisioned."""
    from sync_core.app import triggers  # noqa: PLC0415

    del timer
    with triggers.trace_of(context):
        triggers.discover_assets()


@app.queue_trigger(queue_name="asset-sync", arg_name="msg", connection=STORAGE)
def create_data_source_group(msg: func.QueueMessage, context: func.Context) -> None:
    """Make or adopt the CluedIn group and source of one asset."""
    from sync_core.app import triggers  # noqa: PLC0415

    with triggers.trace_of(context):
        triggers.app().create_data_source_group.handle(msg.get_body())


@app.timer_trigger(schedule="0 */5 * * * *", arg_name="timer", run_on_startup=False)
def reconcile(timer: func.TimerRequest, context: func.Context) -> None:
    """Heal: stuck work, missed webhooks, dead letters whose cause is gone."""
    from sync_core.app import triggers  # noqa: PLC0415

    del timer
    with triggers.trace_of(context):
        triggers.reconcile()


@app.route(route="webhooks/cluedin/data-set-processed", methods=["GET", "HEAD", "POST"])
def data_set_processed(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Take a delivery: authenticate it, store it, enqueue it, and say so; 200 to CluedIn's connection test."""
    from sync_core.app import deliveries  # noqa: PLC0415

    if req.method != "POST":
        return func.HttpResponse(status_code=200)
    with deliveries.trace_of(context):
        return _respond(deliveries.data_set_processed(req.headers, req.get_body()))


@app.queue_trigger(queue_name="lineage-sync", arg_name="msg", connection=STORAGE)
def push_lineage(msg: func.QueueMessage, context: func.Context) -> None:
    """Read a data set back from CluedIn and write its lineage into Purview, or look there for what was processed."""
    from sync_core.app import triggers  # noqa: PLC0415

    with triggers.trace_of(context):
        triggers.app().push_lineage.handle(msg.get_body())


@app.route(route="status", methods=["GET"], auth_level=WEB)
def status(req: func.HttpRequest) -> func.HttpResponse:
    """Tell what is synced, what is not, why not, and what happened lately."""
    from sync_core.app import triggers  # noqa: PLC0415

    refusal = triggers.refuse_program(req.headers) if PEOPLE_SIGN_IN else None
    return _respond(refusal or triggers.status(req.params))


@app.route(route="actions", methods=["POST"], auth_level=WEB)
def actions(req: func.HttpRequest) -> func.HttpResponse:
    """Do what a person asks for: replay or close a dead letter, approve, have something looked at again."""
    from sync_core.app import triggers  # noqa: PLC0415

    refusal = triggers.refuse_program(req.headers) if PEOPLE_SIGN_IN else None
    return _respond(refusal or triggers.actions(req.headers, req.get_body()))


@app.route(route="dashboard", methods=["GET", "POST"], auth_level=WEB)
def dashboard(req: func.HttpRequest) -> func.HttpResponse:
    """Show the same to people, as a page with the lineage drawn, and do what its buttons ask for."""
    from sync_core.app import triggers  # noqa: PLC0415

    refusal = triggers.refuse_person(req.headers, req.params) if PEOPLE_SIGN_IN else None
    if req.method == "POST":
        return _respond(refusal or triggers.act(req.headers, req.params, req.get_body()))
    return _respond(refusal or triggers.dashboard(req.headers, req.params))


@app.route(route="health", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
def health(req: func.HttpRequest) -> func.HttpResponse:
    """Tell whether the app is well: 200, or 503 with the names of failing checks."""
    from sync_core.app import triggers  # noqa: PLC0415

    del req
    return _respond(triggers.health())


def _respond(answer: "HttpAnswer") -> func.HttpResponse:
    return func.HttpResponse(answer.body, status_code=answer.status, headers=answer.headers, mimetype=answer.media_type)
