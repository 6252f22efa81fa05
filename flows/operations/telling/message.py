"""One message for a receiver: a title and a plain text, short enough for a chat."""

from collections.abc import Sequence
from dataclasses import dataclass

from flows.operations.telling.matters import Section

CHARACTERS_MAX = 2000  # (own) title and text: what Discord takes; others take more
# Number of matters written out under each heading: the first number that fits is used. The rest is only
# counted.
SHOWN = (20, 12, 8, 5, 3, 2, 1, 0)


@dataclass(frozen=True)
class Message:
    """`keys`: of everything that it is about, including what it only counts."""

    title: str
    text: str
    keys: tuple[str, ...]


def message(sender: str, sections: Sequence[Section]) -> Message:
    """The message about these sections. `sender`: name of the authority."""
    counts = ", ".join(section.brief for section in sections)
    title = f"Undertow, {sender}: {counts}"
    texts = (_text(sections, shown) for shown in SHOWN)
    text = next((text for text in texts if len(title) + len(text) <= CHARACTERS_MAX), counts)
    return Message(title, text, tuple(matter.keys[0] for section in sections for matter in section.matters))


def _text(sections: Sequence[Section], shown: int) -> str:
    parts = []
    for section in sections:
        lines = [f"- {matter.text}" for matter in section.matters[:shown]]
        left = len(section.matters) - len(lines)
        more = [f"- and {left} more" if lines else f"- {left} in all"] if left else []
        page = ["", f"All on {section.page}"] if section.page else []
        parts.append("\n".join([f"{section.heading}:", *lines, *more, *page]))
    return "\n\n".join(parts)
