"""The ownership picture in words, for readers who do not see it and for parties that have no room in it."""

from collections.abc import Mapping

from flows.facts.case import KIND_WORDS, NAMELESS, Surroundings
from graphs.drawing.elements import Tie


def picture_in_words(near: Surroundings) -> list[Mapping[str, object]]:
    """Every tie, drawn or not, by what is held, in the order of names: `name`, `kind`, `sentences`."""
    kinds: Mapping[str, str] = {party.id: party.kind for party in near.parties}
    sentences: dict[str, list[str]] = {}
    for tie in near.ties:
        sentences.setdefault(tie.to_id, []).append(_sentence(tie, near.names[tie.from_id], kinds))
    rows = sorted((near.names[held], KIND_WORDS[kinds[held]], words) for held, words in sentences.items())
    return [{"name": name, "kind": kind, "sentences": words} for name, kind, words in rows]


def _sentence(tie: Tie, holder: str, kinds: Mapping[str, str]) -> str:
    certainty = _certainty(tie)
    if tie.from_id.startswith(NAMELESS):
        return f"unknown holder: {holder}"
    if tie.kind == "address":
        return f"seat of {holder}"
    if tie.kind == "property":
        is_proprietor = kinds[tie.to_id] == "title" and kinds[tie.from_id] not in ("title", "property")
        dates = f" ({tie.owns})" if tie.owns else ""
        return f"{'proprietor:' if is_proprietor else 'belongs with'} {holder}{dates}, {certainty}"
    rights = "; ".join(filter(None, (f"owns {tie.owns}" if tie.owns else "", tie.controls)))
    subject = "itself" if tie.from_id == tie.to_id else holder
    return f"{subject}: {rights or 'holder, with no right stated'}, {certainty}"


def _certainty(tie: Tie) -> str:
    states = [
        word for word, holds in (("ended", tie.has_ended), ("possible", not tie.is_certain)) if holds
    ] or ["certain"]
    identity = "" if tie.is_identified else "; not confirmed that this party is the holder"
    return f"{', '.join(states)}{identity}"
