"""Stage cases: group flagged subjects into cases."""

from flows.home.sorted_files import write_parquet
from flows.home.warehouse import safe_errors
from flows.night.night import Counts, Night
from flows.night.tables import open_tables, register_frame, write_table
from graphs.cases.build import open_cases
from transforms.case_inputs import input_sql
from transforms.model.views import CASE, CASE_LINK, CASE_MEMBER, CASE_THEME, FLAG, GRAPH_TABLES, MARTS

FLAGS_WITH_CASE_SQL = (
    "select f.* replace (c.case_id as case_id) from flag f left join case_of_flag c using (flag_id)"
)


def group_cases(night: Night) -> Counts:
    """Write the cases, and give every flag the id of its case."""
    flags = night.table(FLAG.name)
    rewritten = flags.with_name("flag_with_case.parquet")
    with open_tables(night, (*MARTS, *GRAPH_TABLES, "flag", "indicator")) as connection:
        with safe_errors("cases"):
            book = open_cases(connection, night.as_of)
        for table, rows in ((CASE, book.cases), (CASE_MEMBER, book.members), (CASE_LINK, book.links)):
            write_table(night, table, rows)
        register_frame(connection, "case_of_flag", book.case_of_flag)
        write_parquet(connection, FLAGS_WITH_CASE_SQL, rewritten, FLAG.key)
    rewritten.replace(flags)
    themed = ("company_theme", "theme_indicator", CASE_MEMBER.name, FLAG.name)
    with open_tables(night, themed) as connection:
        write_parquet(connection, input_sql("themes"), night.table(CASE_THEME.name), CASE_THEME.key)
    return {"cases": book.cases.height, "flags_in_cases": book.case_of_flag.height}
