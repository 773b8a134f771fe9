"""What must hold between the parts of a playbook: ids, references, gaps in texts, the order of times. Pure.

Each check is a function of its own and reads only the sections named in `CHECKS`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches

from leadbraid.hours import zone_names
from leadbraid.models.brief import FORMER_CODES, Code
from leadbraid.models.playbook import Playbook, ReplyPattern, ReviewWhen, Step, StepRule, StepWhen
from leadbraid.plan import SHIPPED
from leadbraid.plan import problems as plan_problems
from leadbraid.playbook.tree import Path, Problem
from leadbraid.text import sentences, words

MAX_WORDS = 150
MAX_SLOTS = 2
SCREEN_CODES = ("suppressed", "do_not_contact", "spam", "not_sales", "no_words")
"""What `leadbraid/screen.py` answers; a test holds the two together."""
PLACEHOLDERS = ("{company}", "{product}", "{when}", "{answers}", "{{fact1}}", "{{fact2}}")
SLOTS = PLACEHOLDERS[-2:]
_PLACEHOLDER = re.compile(r"\{\{[^{}]*\}\}|\{[^{}]*\}|[{}]+")

Problems = Iterator[Problem]


def check(playbook: Playbook, broken: frozenset[str]) -> list[Problem]:
    """All that does not hold, but for checks that would read a ``broken`` section."""
    return [
        problem for sections, rule in CHECKS if not broken.intersection(sections.split()) for problem in rule(playbook)
    ]


def _unknown(path: Path, given: str, known: Mapping[str, object] | tuple[str, ...], what: str) -> Problems:
    if given in known:
        return
    near = get_close_matches(given, list(known), n=1)
    meant = f" Did you mean `{near[0]}`?" if near else ""
    listed = f" There are: {', '.join(known)}." if known else " There are none yet."
    yield Problem(path, f"`{given}` is not {what} of this playbook.{meant}{listed}")


# --- ids -----------------------------------------------------------------------------------------------------------


def rule_ids(playbook: Playbook) -> Iterator[tuple[str, Path]]:
    """Every rule's id with its place."""
    places: tuple[tuple[Path, tuple[object, ...]], ...] = (
        (("product", "facts"), playbook.product.facts),
        (("ideal_customer", "criteria"), playbook.ideal_customer.criteria),
        (("exclusions",), playbook.exclusions),
        (("escalations",), playbook.escalations),
        (("regions",), playbook.regions),
        (("topics",), playbook.topics),
        (("reply_patterns",), playbook.reply_patterns),
        (("permitted_claims",), playbook.permitted_claims),
        (("forbidden_promises",), playbook.forbidden_promises),
    )
    for path, rules in places:
        for place, rule in enumerate(rules):
            yield str(getattr(rule, "id", "")), (*path, place, "id")


def _ids_are_unique(playbook: Playbook) -> Problems:
    first: dict[str, Path] = {}
    for rule_id, path in rule_ids(playbook):
        if rule_id in first:
            owner = first[rule_id]
            where = f"{'.'.join(str(step) for step in owner[:-2])}, entry {int(owner[-2]) + 1}"
            yield Problem(path, f"`{rule_id}` is the id of {where} already; each rule has an id of its own")
        first.setdefault(rule_id, path)


# --- references ----------------------------------------------------------------------------------------------------


def _sources(playbook: Playbook) -> tuple[str, ...]:
    facts = tuple(fact.id for fact in playbook.product.facts)
    return facts + tuple(claim.id for claim in playbook.permitted_claims)


def _topic_sources(playbook: Playbook) -> Problems:
    for place, topic in enumerate(playbook.topics):
        if topic.source is not None:
            path = ("topics", place, "source")
            yield from _unknown(path, topic.source, _sources(playbook), "a product fact or permitted claim")


def _pattern_sources(playbook: Playbook) -> Problems:
    for place, pattern in enumerate(playbook.reply_patterns):
        for sentence, source in pattern.sources.items():
            path = ("reply_patterns", place, "sources", sentence)
            yield from _unknown(path, source, _sources(playbook), "a product fact or permitted claim")


def _sourced_sentences(playbook: Playbook) -> Problems:
    for place, pattern in enumerate(playbook.reply_patterns):
        for sentence in pattern.sources:
            if sentence not in sentences(pattern.body):
                text = "is no sentence of this pattern's body; copy the sentence to the letter, with its full stop"
                yield Problem(("reply_patterns", place, "sources", sentence), text)


def _pattern_asks(playbook: Playbook) -> Problems:
    for place, pattern in enumerate(playbook.reply_patterns):
        for number, asked in enumerate(pattern.asks):
            path = ("reply_patterns", place, "asks", number)
            yield from _unknown(path, asked, _topic_ids(playbook), "a topic")


def _policy(key: str, what: str, known: Callable[[Playbook], tuple[str, ...]]) -> Callable[[Playbook], Problems]:
    def rule(playbook: Playbook) -> Problems:
        for place, step_rule in enumerate(playbook.next_step_policy):
            for number, value in enumerate(getattr(step_rule.when, key)):
                path: Path = ("next_step_policy", place, "when", key, number)
                yield from _unknown(path, value, known(playbook), what)

    return rule


def _policy_conflicts(playbook: Playbook) -> Problems:
    for place, rule in enumerate(playbook.next_step_policy):
        yield from _conflict_codes(("next_step_policy", place, "when"), rule.when.conflict)


def _conflict_codes(when: Path, codes: tuple[str, ...]) -> Problems:
    """A name of before still counts; it is no longer one to choose."""
    for number, code in enumerate(codes):
        if code not in FORMER_CODES:
            yield from _unknown((*when, "conflict", number), code, tuple(Code), "a conflict code")


def _topic_ids(playbook: Playbook) -> tuple[str, ...]:
    return tuple(topic.id for topic in playbook.topics)


def _criterion_ids(playbook: Playbook) -> tuple[str, ...]:
    return tuple(criterion.id for criterion in playbook.ideal_customer.criteria)


def _flag_ids(playbook: Playbook) -> tuple[str, ...]:
    return tuple(rule.id for rule in (*playbook.exclusions, *playbook.escalations))


# --- texts ---------------------------------------------------------------------------------------------------------


def _odd_placeholders(path: Path, text: str, allowed: tuple[str, ...]) -> Problems:
    for found in dict.fromkeys(_PLACEHOLDER.findall(text)):
        if found not in allowed:
            may = f"only {', '.join(allowed)} can stand here" if allowed else "none can stand here"
            yield Problem(path, f"`{found}` is no placeholder that is filled here; {may}")


def _pattern_placeholders(playbook: Playbook) -> Problems:
    for place, pattern in enumerate(playbook.reply_patterns):
        subject = tuple(one for one in PLACEHOLDERS if one not in SLOTS and one != "{answers}")
        yield from _odd_placeholders(("reply_patterns", place, "subject"), pattern.subject, subject)
        yield from _odd_placeholders(("reply_patterns", place, "body"), pattern.body, PLACEHOLDERS)


def _voice_placeholders(playbook: Playbook) -> Problems:
    voice = playbook.voice
    texts = (("greetings", voice.greetings, ("{name}",)), ("greetings_unnamed", voice.greetings_unnamed, ()))
    for key, by_language, allowed in (*texts, ("sign_offs", voice.sign_offs, ())):
        for language, text in by_language.items():
            yield from _odd_placeholders(("voice", key, language), text, allowed)


def _answer_placeholders(playbook: Playbook) -> Problems:
    for place, topic in enumerate(playbook.topics):
        for language, answer in topic.answers.items():
            yield from _odd_placeholders(("topics", place, "answers", language), answer, ())


def _slots(playbook: Playbook) -> Problems:
    for place, pattern in enumerate(playbook.reply_patterns):
        path = ("reply_patterns", place, "body")
        yield from (Problem(path, text) for text in _slot_problems(pattern))
        if pattern.fact_kinds and not any(slot in pattern.body for slot in SLOTS):
            text = "names kinds of facts, but the body has no {{fact1}} to put one in; add a slot or take the key out"
            yield Problem(("reply_patterns", place, "fact_kinds"), text)


def _slot_problems(pattern: ReplyPattern) -> Iterator[str]:
    for slot in SLOTS:
        if pattern.body.count(slot) > 1:
            yield f"`{slot}` stands here more than once; a reply has at most {MAX_SLOTS} slots, each once"
    if SLOTS[1] in pattern.body and SLOTS[0] not in pattern.body:
        yield f"has `{SLOTS[1]}` without `{SLOTS[0]}`; start with `{SLOTS[0]}`"
    for sentence in sentences(pattern.body):
        if len([found for found in _PLACEHOLDER.findall(sentence) if found in (*SLOTS, "{answers}")]) > 1:
            yield f"a slot needs a sentence of its own, as that sentence is dropped when no fact fits: `{sentence}`"


def _length(playbook: Playbook) -> Problems:
    for place, pattern in enumerate(playbook.reply_patterns):
        if (count := len(words(pattern.body))) > MAX_WORDS:
            text = f"has {count} words; a reply has at most {MAX_WORDS}, so shorten it"
            yield Problem(("reply_patterns", place, "body"), text)


def _one_line(playbook: Playbook) -> Problems:
    texts: list[tuple[Path, str]] = [(("name",), playbook.name), (("product", "name"), playbook.product.name)]
    texts += [(("reply_patterns", n, "subject"), one.subject) for n, one in enumerate(playbook.reply_patterns)]
    for key in ("greetings", "greetings_unnamed"):
        texts += [(("voice", key, language), text) for language, text in getattr(playbook.voice, key).items()]
    for path, text in texts:
        if "\n" in text:
            yield Problem(path, "must be one line; write it without `|` or `>` and without a line break")


# --- languages -----------------------------------------------------------------------------------------------------


def _voice_is_complete(playbook: Playbook) -> Problems:
    for language in playbook.voice.languages:
        for key in ("greetings", "greetings_unnamed", "sign_offs"):
            if language not in getattr(playbook.voice, key):
                text = f"has no text for `{language}`, which `languages` names; write `{language}: ...` here"
                yield Problem(("voice", key), text)


def _pattern_languages(playbook: Playbook) -> Problems:
    for place, pattern in enumerate(playbook.reply_patterns):
        path: Path = ("reply_patterns", place, "language")
        yield from _unknown(path, pattern.language, playbook.voice.languages, "a language (`voice.languages`)")


def _answer_languages(playbook: Playbook) -> Problems:
    for place, topic in enumerate(playbook.topics):
        for language in topic.answers:
            path: Path = ("topics", place, "answers", language)
            yield from _unknown(path, language, playbook.voice.languages, "a language (`voice.languages`)")


def _fall_back(playbook: Playbook) -> Problems:
    first = playbook.voice.languages[0]
    if not any(pattern.language == first and not pattern.asks for pattern in playbook.reply_patterns):
        text = f"no pattern in `{first}`, the first of `voice.languages`, is without `asks`; add one as the fall-back"
        yield Problem(("reply_patterns",), f"{text} for leads whose questions no other pattern covers")


# --- merge point, review, plan -------------------------------------------------------------------------------------


def _policy_is_total(playbook: Playbook) -> Problems:
    *earlier, last = playbook.next_step_policy
    if _conditions(last):
        text = "the last rule must have no `when`, so that every lead gets a next step; add e.g. `- {then: nurture}`"
        yield Problem(("next_step_policy", len(earlier)), text)
    for place, rule in enumerate(earlier):
        if not _conditions(rule):
            text = "a rule without `when` always applies, so the rules after it are never read; move it to the end"
            yield Problem(("next_step_policy", place), text)


def _conditions(rule: StepRule) -> bool:
    return rule.when != StepWhen()


def _no_contact_never_sends(playbook: Playbook) -> Problems:
    effect = playbook.next_steps.get(Step.DO_NOT_CONTACT)
    if effect and effect.sends:
        text = "do_not_contact never sends a reply; write `sends: false`"
        yield Problem(("next_steps", Step.DO_NOT_CONTACT.value, "sends"), text)


def _overlaps(playbook: Playbook) -> Problems:
    for place, overlap in enumerate(playbook.overlaps):
        if overlap.streams[0] is overlap.streams[1]:
            text = f"{overlap.streams[0]} cannot overlap with itself; name two different streams"
            yield Problem(("overlaps", place, "streams"), text)


def _review_times(playbook: Playbook) -> Problems:
    review = playbook.review
    if not review.remind_after < review.due_after:
        text = "the reminder must come before the review is due; make it shorter than `due_after`"
        yield Problem(("review", "remind_after"), text)
    if review.due_after > review.expire_after:
        text = "a review must not expire before it is due; make it at least as long as `due_after`"
        yield Problem(("review", "expire_after"), text)


def _working_hours(playbook: Playbook) -> Problems:
    hours, path = playbook.review.working_hours, ("review", "working_hours")
    if hours is None:
        return
    if hours.time_zone not in zone_names():
        near = get_close_matches(hours.time_zone, zone_names(), n=1)
        meant = f" Did you mean `{near[0]}`?" if near else ""
        text = f"`{hours.time_zone}` is no time zone.{meant} Write a name of the IANA database, e.g. Europe/Berlin"
        yield Problem((*path, "time_zone"), text)
    if not hours.days:
        yield Problem((*path, "days"), "nobody ever works, so nothing would become due; write e.g. mon: 09:00-17:00")
    for day, span in hours.days.items():
        begin, _, end = span.partition("-")
        if begin >= end:
            yield Problem((*path, "days", day.value), f"`{span}` ends before it begins; swap the two times")


def _owners(playbook: Playbook) -> Problems:
    path: Path = ("review", "owners")
    for place, rule in enumerate(playbook.review.owners[:-1]):
        if rule.when == ReviewWhen():
            text = "a rule without `when` always applies, so the rules after it are never read; move it to the end"
            yield Problem((*path, place), text)
    for owner, to in playbook.review.escalate_to.items():
        if owner == to:
            yield Problem(("review", "escalate_to", owner), f"`{to}` cannot escalate to `{to}`; name another person")


def _review_whens(playbook: Playbook) -> Problems:
    review = playbook.review
    whens: list[tuple[Path, ReviewWhen]] = [(("review", "approvals", "when"), review.approvals.when)]
    whens += [(("review", "owners", place, "when"), rule.when) for place, rule in enumerate(review.owners)]
    for path, when in whens:
        for number, code in enumerate(when.flag):
            yield from _unknown((*path, "flag", number), code, _flag_ids(playbook), "an exclusion or escalation")
        yield from _conflict_codes(path, when.conflict)
        bounds = when.employees
        if bounds and bounds.min is not None and bounds.max is not None and bounds.min > bounds.max:
            text = f"`min` {bounds.min} is above `max` {bounds.max}, so it never applies; swap them"
            yield Problem((*path, "employees"), text)


def _plan_runs(playbook: Playbook) -> Problems:
    plan = playbook.stream_plan
    for stream in playbook.fall_back:
        if stream not in plan.streams:
            yield Problem(("fall_back", stream.value), "is not in the plan; take it out, or plan the stream")
    yield from (Problem(("stream_plan",), f"{text}; see `leadbraid plan`") for text in plan_problems(plan))
    if plan != SHIPPED.get(plan.name, plan):
        text = f"`{plan.name}` is the name of a plan that is shipped and differs; write `stream_plan: {plan.name}`"
        yield Problem(("stream_plan", "name"), f"{text} or give yours another name")


def _headcounts(playbook: Playbook) -> Problems:
    for place, criterion in enumerate(playbook.ideal_customer.criteria):
        bounds, path = criterion.see.headcount, ("ideal_customer", "criteria", place, "see", "headcount")
        if bounds is None:
            continue
        if bounds.min is None and bounds.max is None:
            yield Problem(path, "needs `min`, `max` or both, e.g. `headcount: {min: 50}`")
        elif bounds.min is not None and bounds.max is not None and bounds.min > bounds.max:
            yield Problem(path, f"`min` {bounds.min} is above `max` {bounds.max}, so nobody could meet it; swap them")


_DOMAIN = re.compile(r"[a-z0-9äöüß-]+(\.[a-z0-9äöüß-]+)+")


def _domains(playbook: Playbook) -> Problems:
    for key, rules in (("exclusions", playbook.exclusions), ("escalations", playbook.escalations)):
        for place, rule in enumerate(rules):
            for number, domain in enumerate(rule.when.domains):
                if not _DOMAIN.fullmatch(domain):
                    text = f"`{domain}` is no domain; write what stands after the @, in small letters: `example.com`"
                    yield Problem((key, place, "when", "domains", number), text)


_LABEL = r"[^\W_A-Z](?:[^\W_A-Z-]|-)*"
_LINK = re.compile(rf"(?:https?://)?{_LABEL}(?:\.{_LABEL})+(?::\d{{1,5}})?(?:/[^\s?#@\\]*)?")


def _links(playbook: Playbook) -> Problems:
    for number, link in enumerate(playbook.links):
        if not _LINK.fullmatch(link):
            text = f"`{link}` is no host and no beginning of a web address; write e.g. `example.com` or"
            yield Problem(("links", number), f"{text} `https://example.com/docs/`, hosts in small letters")


_RISKS = "next_step_policy exclusions escalations"
CHECKS: tuple[tuple[str, Callable[[Playbook], Problems]], ...] = (
    ("", _ids_are_unique),
    ("topics product permitted_claims", _topic_sources),
    ("reply_patterns product permitted_claims", _pattern_sources),
    ("reply_patterns", _sourced_sentences),
    ("reply_patterns topics", _pattern_asks),
    ("next_step_policy", _policy("screen", "a screen code", lambda _: SCREEN_CODES)),
    ("next_step_policy", _policy_conflicts),
    ("next_step_policy topics", _policy("asks", "a topic", _topic_ids)),
    ("next_step_policy ideal_customer", _policy("unknown", "a criterion", _criterion_ids)),
    (_RISKS, _policy("flag", "an exclusion or escalation", _flag_ids)),
    ("reply_patterns", _pattern_placeholders),
    ("reply_patterns", _slots),
    ("reply_patterns", _length),
    ("topics", _answer_placeholders),
    ("voice", _voice_placeholders),
    ("voice", _voice_is_complete),
    ("name product reply_patterns voice", _one_line),
    ("reply_patterns voice", _pattern_languages),
    ("reply_patterns voice", _fall_back),
    ("topics voice", _answer_languages),
    ("next_step_policy", _policy_is_total),
    ("next_steps", _no_contact_never_sends),
    ("overlaps", _overlaps),
    ("review", _review_times),
    ("review", _working_hours),
    ("review", _owners),
    ("review exclusions escalations", _review_whens),
    ("stream_plan", _plan_runs),
    ("ideal_customer", _headcounts),
    ("exclusions escalations", _domains),
    ("links", _links),
)
"""Each check with the sections it reads."""
