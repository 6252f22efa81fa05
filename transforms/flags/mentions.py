"""The words of rejected records that may be the number of a subject."""

from transforms.values.identifiers import SOCIETY_PREFIXES


def reject_mention_sql(source: str) -> str:
    """Query of `reject_mention`: the words of rejected records in `source`, in each form that a number may
    have.

    A word counts as written, and as the UK company number that it gives when padded with zeros. The number of
    a society (IP00123R) also counts without its zeros, because the society's own register may write it so.
    """
    letters = "[A-Z]{2}(?:[0-9]{1,5}|[0-9]{1,4}[A-Z]|[0-9]{1,3}[A-Z]{2}|[0-9]{1,2}[A-Z]{3})"
    society = f"(?:{'|'.join(SOCIETY_PREFIXES)})0+[1-9][0-9]*[A-Z]{{0,3}}"
    number_by_form = {
        "[0-9]{1,7}": "lpad(token, 8, '0')",
        letters: "substr(token, 1, 2) || lpad(substr(token, 3), 6, '0')",
        "R[0-9]{1,6}": "'R' || lpad(substr(token, 2), 7, '0')",
        society: "substr(token, 1, 2) || ltrim(substr(token, 3), '0')",
    }
    columns = "register, dataset, edition"
    padded = (
        f"select {columns}, {number} from {source} where regexp_matches(token, '^{form}$')"
        for form, number in number_by_form.items()
    )
    return " union ".join([f"select {columns}, token from {source}", *padded])
