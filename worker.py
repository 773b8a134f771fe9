"""The worker: runs workflows and activities against whatever Temporal the environment names.

    python worker.py            works until Ctrl-C
    python worker.py --check    exits with 0 if Temporal sees a worker, else with 1 and a sentence

It keeps trying where Temporal cannot be reached. Ctrl-C or SIGTERM stops it cleanly: what runs is given time to end.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.archive import ArchiveActivities
from activities.assemble import assemble
from activities.delivery import DeliveryActivities
from activities.local import LocalActivities
from activities.notices import NoticeActivities
from activities.playbook import PlaybookActivities
from activities.signing import SigningActivities
from activities.streams import StreamActivities
from leadbraid import logs
from leadbraid.audit.archive import ArchiveFolder
from leadbraid.audit.archiving import Archiver
from leadbraid.audit.keys import archive_key
from leadbraid.engine.builds import build_id, deployment, make_current
from leadbraid.engine.checks import check_search_attributes, require_worker
from leadbraid.engine.connection import connect
from leadbraid.engine.names import MODELS_TASK_QUEUE, TASK_QUEUE
from leadbraid.engine.runtime import leave
from leadbraid.errors import LeadbraidError
from leadbraid.llm import make_provider, provider_told
from leadbraid.llm.provider import Provider
from leadbraid.llm.rules import RulesProvider
from leadbraid.mail.outbox import OutboxFolder
from leadbraid.mail.transport import Transport
from leadbraid.notices.configured import make_channels
from leadbraid.playbook import load_playbook
from leadbraid.settings import Settings, load_settings
from leadbraid.sources.documents import Documents
from workflows.registered import WORKFLOWS

GRACE = timedelta(seconds=20)
"""How long running activities may go on after a stop was asked for."""
STICKY_TIMEOUT = timedelta(seconds=2)
"""After a killed worker, the next one waits this long for its cached leads (the SDK's 10 s is long for a person)."""


@contextlib.asynccontextmanager
async def running_workers(
    client: Client,
    settings: Settings,
    provider: Provider | None = None,
    transport: Transport | None = None,
    *,
    current: bool = False,
) -> AsyncIterator[None]:
    """Both task queues are polled while inside. Leaves when what runs has ended, at the latest after the grace.

    ``current``: new leads begin on this build from now on; for whoever runs the only workers of a server.

    Raises:
        EngineError: The namespace lacks a search attribute; names the command that creates it.
        SettingsError: What notices need is set wrongly.
    """
    notices = NoticeActivities(client, make_channels(settings))
    await check_search_attributes(client)
    provider = provider or make_provider(settings)
    documents = Documents(settings.documents)
    by_rules = StreamActivities(RulesProvider(), documents)
    with ThreadPoolExecutor(max_workers=8, thread_name_prefix="activity") as threads:
        leads = Worker(
            client,
            task_queue=TASK_QUEUE,
            workflows=WORKFLOWS,
            deployment_config=deployment(settings.versioning),
            activities=[
                *_short_activities(client, settings, transport or OutboxFolder(settings.outbox_folder)),
                *by_rules.streams,
                *(notices.notify, notices.send_notice_mail, notices.send_notice_webhook),
            ],
            activity_executor=threads,
            # Replaying a lead takes a third of the time without the sandbox; the replay tests run within it.
            workflow_runner=UnsandboxedWorkflowRunner(),
            graceful_shutdown_timeout=GRACE,
            max_cached_workflows=settings.cached_leads,
            sticky_queue_schedule_to_start_timeout=STICKY_TIMEOUT,
        )
        models = _models_worker(client, settings, StreamActivities(provider, documents))
        async with leads, models:
            if current:
                await make_current(client, settings.versioning)
            yield


def _models_worker(client: Client, settings: Settings, streams: StreamActivities) -> Worker:
    return Worker(
        client,
        task_queue=MODELS_TASK_QUEUE,
        activities=streams.all,
        deployment_config=deployment(settings.versioning),
        graceful_shutdown_timeout=GRACE,
        # Rules take no provider's time; what limits a provider would only slow them.
        max_concurrent_activities=settings.llm_concurrency if settings.asks_models else None,
        max_task_queue_activities_per_second=settings.llm_rate if settings.asks_models else None,
    )


def _short_activities(client: Client, settings: Settings, transport: Transport) -> list[Callable[..., object]]:
    local = LocalActivities(client, settings.suppression, notices=settings.notices)
    delivery = DeliveryActivities(client, transport, settings.suppression)
    archiver = Archiver(client, ArchiveFolder(settings.archive_folder), lambda: archive_key(settings))
    return [
        assemble,
        ArchiveActivities(archiver).archive_closed,
        local.screen,
        local.related,
        local.open_review,
        PlaybookActivities(lambda: load_playbook(settings.playbook)).current_playbook,
        delivery.transmit,
        delivery.look_up,
        delivery.delivery_outcome,
        SigningActivities(settings.keyring_file).verify_decision,
    ]


def stop_on_signals() -> asyncio.Event:
    """An event that Ctrl-C, SIGTERM and SIGHUP set; a second one ends the process at once."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()

    def asked(number: signal.Signals) -> None:
        if stop.is_set():
            raise SystemExit(128 + number)
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, asked, number)
    return stop


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


async def run(settings: Settings) -> None:
    """Connect (for as long as it takes) and work until asked to stop."""
    stop = stop_on_signals()
    log = logs.get_logger("worker")
    connecting = asyncio.ensure_future(connect(settings, retry=True, say=_say))
    await asyncio.wait((connecting, asyncio.ensure_future(stop.wait())), return_when=asyncio.FIRST_COMPLETED)
    if not connecting.done():
        connecting.cancel()
        return
    client = await connecting
    async with running_workers(client, settings):
        log.info(
            "worker_ready",
            namespace=client.namespace,
            provider=provider_told(settings),
            build=build_id(),
            versioning=settings.versioning.value,
        )
        await stop.wait()
        log.info("worker_stopping", grace_seconds=GRACE.total_seconds())


async def check(settings: Settings) -> None:
    """For health probes: Temporal answers and sees a worker polling.

    Raises:
        EngineError: It does not.
    """
    await require_worker(await connect(settings))


def main() -> int:
    """Entry point; returns the exit status. The only argument is ``--check``."""
    try:
        settings = load_settings()
        logs.configure(settings.log_level, settings.log_format)
        asyncio.run(check(settings) if sys.argv[1:] == ["--check"] else run(settings))
    except LeadbraidError as error:
        _say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    leave(main())
