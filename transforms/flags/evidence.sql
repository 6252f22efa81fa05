-- Rows of EVIDENCE.
select
    flag_id, position, role, register, edition, file_sha256, record, field, value, statement_id, stale_since
from fact
