"""What is on, what is off, and what is wrong, each with what to do about it. Never the value of a secret."""

from leadbraid.doctor.check import Check, Health
from leadbraid.doctor.here import examine_here
from leadbraid.doctor.server import examine_server

__all__ = ["Check", "Health", "examine_here", "examine_server"]
