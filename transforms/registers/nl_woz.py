"""LV WOZ: messages about Dutch municipalities' valuations of real estate (StUF-WOZ 3.12).

One message is one record; a file may have several. The present state in a message about a value
(`wrdSh01-lvwoz`) becomes

| statement | part |
|---|---|
| valuation: number of the object, reference day, value, id of its address | `v` |

Never read: the recipient of the valuation, the owner and user of the object, and citizens' numbers. Also not
read: earlier states, which the message repeats, and the address in words, which the register of addresses and
buildings has. In a file with several messages, those of the kinds in OTHER_MESSAGES, and messages about a
value that state none, are ignored as `no_value`; so is any other kind, with a finding. A file with one
message of another kind is reported and not read.

Source: https://www.waarderingskamer.nl/stuf-woz, sector model woz 03.12.
"""

import re

import polars as pl

from transforms.formats.file_names import day_in_name, name_without_day
from transforms.model.layout import OtherForm
from transforms.model.parsing import located, parsed, rejections, statement, without
from transforms.model.register import Edition, Parsed, Recognised, Register, SourceField, XmlRecords
from transforms.model.statements import VALUATION_STATEMENT
from transforms.values.identifiers import nl_bag

MESSAGE = "VerstrekkingAanAfnemer"
VALUE_MESSAGE = "wrdSh01-lvwoz"
OTHER_MESSAGES = {
    "wozSh01-lvwoz": "an object, without its value",
    "OWOZ_Di01": "a new object, without its value",
    "OSWO_Di01": "a new dormant object, without its value",
    "NBSK_Di01": "the recipient of a valuation",
    "MBG_Di01": "who uses an object",
}
NUMBER = r"^\d{12}$"
_IN = f"gebeurtenisinhoud.{VALUE_MESSAGE}"
_NOW = f"{_IN}.actueel.actueel"
_VALUE, _RELATION = f"{_NOW}.object", f"{_NOW}.object.isVoor"
VALUED_ON, VALUE, COUNTS_FROM, ENTERED = (
    f"{_VALUE}.{name}"
    for name in ("waardepeildatum", "vastgesteldeWaarde", "ingangsdatumWaarde", "tijdstipRegistratie")
)
OBJECT = f"{_RELATION}.gerelateerde.wozObjectNummer"
_ADDRESS = f"{_RELATION}.gerelateerde.aanduidingWOZobject"
DESIGNATION = f"{_ADDRESS}.aoa_identificatie"
KIND, MESSAGE_ID = "gebeurtenissoort.naam", "kenmerkLV"
_IGNORED = {
    "datumtijdstempelDigilevering": "when it was passed on",
    "kenmerkDigilevering": "id of that delivery",
    "versieBerichttype": "version of the envelope",
    "abonnement": "the subscription",
    "basisregistratie": "always LVWOZ",
    "gebeurtenissoort.versie": "version of the message",
    **{f"gebeurtenisinhoud.{name}": why for name, why in OTHER_MESSAGES.items()},
    f"{_IN}.stuurgegevens": "sender and receiver",
    f"{_IN}.historie": "earlier states",
    f"{_IN}.actueel.stuurgegevens": "sender and receiver",
    f"{_NOW}.stuurgegevens": "sender and receiver",
    f"{_NOW}.parameters": "a synchronisation states the present state",
    f"{_VALUE}.toestandspeildatum": "day of the physical state that was valued",
    f"{_VALUE}.heffingsmaatstafOZB": "not used by any indicator yet",
    f"{_VALUE}.heffingsmaatstafOZBGebruiker": "not used by any indicator yet",
    f"{_VALUE}.tijdvakGeldigheid": "when it was determined",
    f"{_RELATION}.tijdvakRelatie": "of the object",
    f"{_RELATION}.tijdvakGeldigheid": "of the object",
    f"{_RELATION}.tijdstipRegistratie": "of the object",
    **dict.fromkeys(
        (
            f"{_ADDRESS}.{name}"
            for name in (
                "wpl_woonplaatsNaam",
                "aoa_postcode",
                "gor_openbareRuimteNaam",
                "gor_straatnaam",
                "aoa_huisnummer",
                "aoa_huisletter",
                "aoa_huisnummertoevoeging",
                "locatieOmschrijving",
            )
        ),
        "the register of addresses and buildings has it",
    ),
}
FIELDS = (
    SourceField(MESSAGE_ID, mandatory=True),
    SourceField("datumtijdstempelLV", required=False),
    SourceField(KIND, "category", known=(VALUE_MESSAGE, *OTHER_MESSAGES), mandatory=True),
    SourceField(OBJECT, required=False),
    SourceField(DESIGNATION, required=False),
    SourceField(VALUED_ON, "date", date_format="%Y%m%d", required=False),
    SourceField(VALUE, "money", required=False),
    SourceField(COUNTS_FROM, "date", date_format="%Y%m%d", required=False),
    SourceField(ENTERED, required=False),
    SourceField(f"{_VALUE}.isBeschiktVoor", "texts", "the recipient is not kept", required=False),
    *(SourceField(name, ignored=why, required=False) for name, why in _IGNORED.items()),
)
_PLAIN = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?s:<!--.*?-->\s*)*<(?:\w+:)?" + MESSAGE.encode()
)
_KIND = re.compile(rb"<gebeurtenissoort>\s*<naam>([\w-]{1,60})</naam>")
_ID = re.compile(rb"<kenmerkLV>([0-9A-Za-z-]{8,64})</kenmerkLV>")


def recognise(file_name: str, head: bytes) -> Recognised | None:
    """By the envelope of Digilevering and the source LV WOZ, unless the file is one message without a
    value."""
    is_read = _is_message(head) and not declined(file_name, head)
    return Recognised("woz", day_in_name(file_name)) if is_read else None


def declined(_file_name: str, head: bytes) -> str:
    """Why a file with one message of another kind is not read; "" for any other file."""
    kinds = _KIND.findall(head) if _is_message(head) else []
    if len(kinds) != 1 or kinds[0] == VALUE_MESSAGE.encode():
        return ""
    return f"a message of LV WOZ that is not about a value ({kinds[0].decode()})"


def _is_message(head: bytes) -> bool:
    return MESSAGE.encode() in head and b"<basisregistratie>LVWOZ<" in head


def dataset_of(path: str, head: bytes) -> str:
    """The dataset: a message is a dataset of its own; a file with several is named after the file."""
    ids = set(_ID.findall(head))
    return f"message-{min(ids).decode().lower()}" if len(ids) == 1 else name_without_day(path)


def parse(frame: pl.DataFrame, edition: Edition) -> Parsed:
    """Statements of one batch."""
    is_value = (pl.col(KIND) == VALUE_MESSAGE) & pl.col(VALUE).is_not_null()
    ignored = frame.filter(~is_value).select("record_no", reason=pl.lit("no_value"))
    stated = frame.filter(is_value)
    rejected = rejections(
        stated,
        [
            (~pl.col(OBJECT).str.contains(NUMBER).fill_null(value=False), "not_an_id", OBJECT),
            (pl.col(VALUED_ON).is_null(), "impossible_date", VALUED_ON),
        ],
    )
    good = located(without(stated, rejected), pl.col(MESSAGE_ID), edition)
    values = statement(
        good,
        VALUATION_STATEMENT,
        edition,
        "v",
        object_number=pl.col(OBJECT),
        valued_on=pl.col(VALUED_ON),
        value_eur=pl.col(VALUE),
        counts_from=pl.col(COUNTS_FROM),
        registered_native=pl.col(ENTERED),
        designation_id=nl_bag(pl.col(DESIGNATION)),
    )
    return parsed(good, {VALUATION_STATEMENT.name: values}, rejected=rejected, ignored=ignored)


REGISTER = Register(
    name="nl_woz",
    title="Valuations of real estate by Dutch municipalities (WOZ)",
    publisher="Kadaster, for the municipalities",
    territory="nl",
    url="https://www.kadaster.nl/zakelijk/registraties/landelijke-voorzieningen/lv-woz",
    licence="LV WOZ (for public bodies that the act on valuations names)",
    cadence="on request",
    kind="series",
    identifier_scheme="NL-WOZ",
    expected_rows="a message for each value that is determined or changed",
    description="Value and reference day of each object, with the id of its address.",
    partial_roles=("premises",),
    on_request=True,
    reader=XmlRecords(record_at=f"Envelope.Body.{MESSAGE}"),
    other_forms=(
        OtherForm(_PLAIN.pattern, XmlRecords(record_at=MESSAGE), FIELDS, in_columns=lambda frame: frame),
    ),
    fields=FIELDS,
    tables=(VALUATION_STATEMENT,),
    edition_field="datumtijdstempelLV",
    recognise=recognise,
    declined=declined,
    dataset_of=dataset_of,
    parse=parse,
)
