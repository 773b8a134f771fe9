"""A model that needs no key: an honest one, an obedient one, and one that fails in every way. For demos and tests."""

from leadbraid.llm.fake.faults import FAULTS, Failing
from leadbraid.llm.fake.scripts import fails, says
from leadbraid.llm.fake.server import Behaviour, FakeModels
from leadbraid.llm.fake.wire import Finish, Scripted

__all__ = ["FAULTS", "Behaviour", "Failing", "FakeModels", "Finish", "Scripted", "fails", "says"]
