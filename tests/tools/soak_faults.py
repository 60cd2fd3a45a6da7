"""The faults of a soak: receivers, feeds, decode helpers and Redis that die, freeze or are slow."""

import contextlib
import os
import random
import signal
from collections.abc import Callable
from typing import TYPE_CHECKING

from daemon import Publisher
from soak_watch import helpers

if TYPE_CHECKING:
    from soak_stage import Stage


class Faults:
    """Provokes one fault after another of one part. Each fault ends before the next begins, and all
    have ended when `run` returns. Thread: its own."""

    def __init__(self, stage: "Stage", part: str, pause: float) -> None:
        self.stage, self.part, self.pause = stage, part, pause
        self.chance = random.Random(f"{stage.seed}/{stage.name}/{part}")
        self.kinds: list[Callable[[], None]] = {
            "outputs": [self.receiver_dies, self.receiver_freezes, self.line_is_slow],
            "feeds": [self.feed_dies, self.feed_freezes, self.feed_flaps],
            "helpers": [self.helper_dies, self.helpers_die, self.helper_freezes],
            "store": [self.redis_dies, self.redis_freezes, self.redis_forgets],
        }[part]

    def run(self) -> None:
        while not self.stage.wait(self.chance.uniform(0.5, 1.5) * self.pause):
            act = self.chance.choice(self.kinds)
            self.stage.ledger.count(f"fault: {act.__name__.replace('_', ' ')}")
            act()

    def last(self, shortest: float, longest: float) -> None:
        """Lets a fault last; less if the soak ends."""
        self.stage.wait(self.chance.uniform(shortest, longest))

    # ---- Outputs --------------------------------------------------------------------------------

    def receiver_dies(self) -> None:
        self.stage.receiver.kill()
        self.last(0.2, 4)
        self.stage.receiver.start()

    def receiver_freezes(self) -> None:
        self.stage.receiver.signal(signal.SIGSTOP)
        self.last(0.2, 4)
        self.stage.receiver.signal(signal.SIGCONT)

    def line_is_slow(self) -> None:
        self.stage.line.bytes_per_second = self.chance.choice([10_000, 40_000, 200_000])
        self.last(1, 5)
        self.stage.line.bytes_per_second = float("inf")

    # ---- Feeds ----------------------------------------------------------------------------------

    def any_feed(self) -> Publisher:
        return self.chance.choice(self.stage.feeds)

    def feed_dies(self) -> None:
        feed = self.any_feed()
        feed.stop()
        self.last(0.2, 4)
        feed.start()

    def feed_freezes(self) -> None:
        feed = self.any_feed()
        feed.signal(signal.SIGSTOP)
        self.last(0.2, 6)
        feed.signal(signal.SIGCONT)

    def feed_flaps(self) -> None:
        feed = self.any_feed()
        for _ in range(self.chance.randint(2, 5)):
            feed.start()
            self.last(0.1, 0.8)

    # ---- Helpers --------------------------------------------------------------------------------

    def kill_helpers(self, count: int, number: int = signal.SIGKILL) -> list[int]:
        pid = self.stage.pid()
        living = helpers(pid) if pid else []
        chosen = self.chance.sample(living, min(count, len(living)))
        for each in chosen:
            with contextlib.suppress(ProcessLookupError):
                os.kill(each, number)
                self.stage.ledger.count("helper processes killed", int(number == signal.SIGKILL))
        return chosen

    def helper_dies(self) -> None:
        self.kill_helpers(1)

    def helpers_die(self) -> None:
        self.kill_helpers(1000)

    def helper_freezes(self) -> None:
        chosen = self.kill_helpers(1, signal.SIGSTOP)
        self.last(0.2, 3)
        for each in chosen:
            with contextlib.suppress(ProcessLookupError):
                os.kill(each, signal.SIGCONT)

    # ---- Redis ----------------------------------------------------------------------------------

    def redis_dies(self) -> None:
        assert self.stage.redis is not None
        self.stage.redis.kill()
        self.last(0.2, 5)
        self.stage.redis.start()

    def redis_freezes(self) -> None:
        assert self.stage.redis is not None
        self.stage.redis.signal(signal.SIGSTOP)
        self.last(0.2, 5)
        self.stage.redis.signal(signal.SIGCONT)

    def redis_forgets(self) -> None:
        assert self.stage.redis is not None
        self.stage.redis.cli("FLUSHALL")
