"""XML records: flattened as declared, whatever the chunk; a file that is no such XML is refused by name."""

from dataclasses import replace
from pathlib import Path

import pytest

from transforms.errors import BlockedEdition, DeclarationError
from transforms.model.register import Register, SourceField, XmlRecords
from transforms.readers import read
from transforms.readers.edition_dates import newest_day
from transforms.readers.xml_records import read as read_xml
from transforms.registers.bods import REGISTER as ANY

FIELDS = (
    SourceField("Id", mandatory=True),
    SourceField("@kind"),
    SourceField("Note", "texts"),
    SourceField("Ntry.Amt", "texts"),
    SourceField("Ntry.Amt@Ccy", "texts"),
    SourceField("Ntry.Part.Party.Nm", "texts"),
    SourceField("Ntry.Part.Party.Nm@lang", "texts"),
    SourceField("Old", ignored="not used"),
)
READER = XmlRecords("Document.Msg.Stmt", lists=("Ntry", "Ntry.Part"), record_bytes_max=4_000)
REGISTER: Register = replace(ANY, name="zz_statements", reader=READER, fields=FIELDS, edition_field="Day")

STATEMENTS = """<?xml version="1.0" encoding="{encoding}"?>
<!-- a comment -->
<d:Document xmlns:d="urn:x"><Msg><Hd>not a record</Hd>
<Stmt kind="a>b"><Id> 1 </Id><Day>2026-03-01</Day><Note>one</Note><Note>two</Note><Old><deep>x</deep></Old>
  <d:Ntry><Amt Ccy="EUR">5.00</Amt><Part><Party><Nm lang="nl">Wég &amp; Co</Nm></Party></Part>
    <Part><Party><Nm><![CDATA[<B>]]></Nm></Party></Part></d:Ntry>
  <d:Ntry><Amt>6.00</Amt></d:Ntry></Stmt>
<Stmt><Id>2</Id><Note>alone</Note><Ntry/><New a="1">x</New></Stmt>
<Stmt><Id>3</Id><Id>4</Id></Stmt>
</Msg></d:Document>
"""


def _file(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "statements.xml"
    path.write_bytes(text.replace("{encoding}", encoding).encode(encoding))
    return path


@pytest.mark.parametrize("chunk_bytes", [1, 7, 1 << 20])
@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1"])
def test_records_are_flattened_as_declared(tmp_path: Path, chunk_bytes: int, encoding: str) -> None:
    path = _file(tmp_path, STATEMENTS, encoding)
    batches = list(read_xml(REGISTER, path, part_no=1, first_record_no=5, chunk_bytes=chunk_bytes))
    frames = [row for batch in batches for row in batch.frame.iter_rows(named=True)]
    first, second = ({field.name: row[field.name] for field in FIELDS} for row in frames)
    assert first == {
        "Id": "1",
        "@kind": "a>b",
        "Note": ["one", "two"],
        "Ntry.Amt": ["5.00", "6.00"],
        "Ntry.Amt@Ccy": ["EUR", None],
        "Ntry.Part.Party.Nm": ['["Wég & Co","<B>"]', None],
        "Ntry.Part.Party.Nm@lang": ['["nl",null]', None],
        "Old": None,
    }
    assert second["Note"] == ["alone"]
    assert second["Ntry.Amt"] is None
    rejects = [row for batch in batches for row in batch.rejects.iter_rows(named=True)]
    assert [(row["record_no"], row["code"], row["field"]) for row in rejects] == [(7, "wrong_type", "Id")]
    assert sum(batch.records_in for batch in batches) == len(frames) + len(rejects)
    findings = [row for batch in batches for row in batch.findings.rows()]
    assert sorted(row[2] for row in findings) == ["Day", "New"]
    raw = path.read_bytes()
    for row in [*frames, *rejects]:
        record = raw[row["byte_offset"] : row["byte_offset"] + row["byte_length"]]
        assert record.startswith(b"<Stmt")
        assert record.endswith(b"</Stmt>")


def test_a_list_in_a_list_in_a_list_is_written_as_one(tmp_path: Path) -> None:
    register = replace(
        REGISTER,
        reader=replace(READER, lists=("Ntry", "Ntry.Part", "Ntry.Part.Party")),
        fields=(SourceField("Ntry.Part.Code", "texts"), SourceField("Ntry.Part.Party.Nm", "texts")),
    )
    parts = (
        "<Part><Code>A</Code><Party><Nm>one</Nm></Party><Party/></Part>",
        "<Part/>",
        "<Part><Party><Nm>two</Nm></Party></Part>",
    )
    entries = f"<Ntry>{''.join(parts)}</Ntry><Ntry/><Ntry>{parts[2]}</Ntry>"
    path = _file(tmp_path, f"<Document><Msg><Stmt>{entries}</Stmt></Msg></Document>")
    [batch] = read_xml(register, path, part_no=1, first_record_no=1)
    [row] = batch.frame.iter_rows(named=True)
    assert row["Ntry.Part.Code"] == ['["A",null,null]', None, "[null]"]
    assert row["Ntry.Part.Party.Nm"] == ['["one",null,null,"two"]', None, '["two"]']


@pytest.mark.parametrize("chunk_bytes", [1, 7, 300, 1 << 20])
@pytest.mark.parametrize("between", ["", "\n", "\n<!-- next -->\n"])
def test_documents_one_after_another_are_read(tmp_path: Path, chunk_bytes: int, between: str) -> None:
    documents = [STATEMENTS, "<Document><Msg><Stmt><Id>8</Id></Stmt></Msg></Document>", STATEMENTS]
    path = _file(tmp_path, between.join(documents))
    batches = list(read_xml(REGISTER, path, part_no=1, first_record_no=1, chunk_bytes=chunk_bytes))
    rows = [row for batch in batches for row in batch.frame.iter_rows(named=True)]
    assert [row["Id"] for row in rows] == ["1", "2", "8", "1", "2"]
    raw = path.read_bytes()
    assert all(raw[row["byte_offset"] :].startswith(b"<Stmt") for row in rows)


@pytest.mark.parametrize("chunk_bytes", [1, 1 << 20])
def test_documents_that_are_named_are_ignored(tmp_path: Path, chunk_bytes: int) -> None:
    register = replace(REGISTER, reader=replace(READER, other_documents={"Notice": "not_yet"}))
    path = _file(
        tmp_path, f"<Notice><a/></Notice>{STATEMENTS.replace('{encoding}', 'utf-8')}<x:Notice xmlns:x='u'/>"
    )
    batches = list(read_xml(register, path, part_no=1, first_record_no=1, chunk_bytes=chunk_bytes))
    ignored = [row for batch in batches for row in batch.ignored.rows()]
    loaded = [row for batch in batches for row in batch.frame["record_no"]]
    assert ignored == [(1, "not_yet"), (5, "not_yet")] and loaded == [2, 3]
    assert sum(batch.records_in for batch in batches) == 5, "one is rejected"


DOCTYPE = '<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (f"{DOCTYPE}<Document><Msg><Stmt><Id>&a;</Id></Stmt></Msg></Document>", "doctype"),
        ("<Document><Msg><Stmt><Id>1</Id></Stmt>", "truncated"),
        ("<Document><Msg><Stmt><Id>1</Id></Stmt></Msg></Doc", "truncated"),
        ("<Document><Msg><Stmt><Id>1</Stmt></Msg></Document>", "broken_xml"),
        ("<Document><Msg><Stmt><Id>&a;</Id></Stmt></Msg></Document>", "broken_xml"),
        (f"<Document><Msg><Stmt><Id>{'x' * 5_000}</Id></Stmt></Msg></Document>", "broken_xml"),
        (f"<Document>{'<a>' * 70}{'</a>' * 70}</Document>", "too_deep"),
        ("<Document><Msg/></Document>", "empty_file"),
        ("<Document><Msg><Stmt><Id>1</Id></Stmt></Msg></Document> x", "broken_xml"),
        (f"<Document><Msg><Stmt><Id>1</Id></Stmt></Msg></Document>{DOCTYPE}<Document/>", "doctype"),
        ("<Document><Msg><Stmt><Id>1</Id></Stmt></Msg></Document><Document><Msg>", "truncated"),
        ("", "truncated"),
    ],
)
def test_other_files_are_refused_by_name(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(BlockedEdition) as fault:
        list(read_xml(REGISTER, _file(tmp_path, text), part_no=1, first_record_no=1, chunk_bytes=1_000))
    assert fault.value.code == code
    assert "hostname" not in str(fault.value)


def test_utf_16_is_refused(tmp_path: Path) -> None:
    path = _file(tmp_path, STATEMENTS, "utf-16")
    with pytest.raises(BlockedEdition, match="convert it to UTF-8"):
        list(read(REGISTER, path))


def test_a_list_must_be_declared_above_fields(tmp_path: Path) -> None:
    register = replace(REGISTER, reader=XmlRecords("Document.Msg.Stmt", lists=("Nothing",)))
    with pytest.raises(DeclarationError, match="Nothing"):
        list(read(register, _file(tmp_path, STATEMENTS)))


def test_the_newest_day_of_an_element(tmp_path: Path) -> None:
    from datetime import date

    with _file(tmp_path, STATEMENTS).open("rb") as file:
        assert newest_day(REGISTER, file, date(2026, 12, 31)) == date(2026, 3, 1)
