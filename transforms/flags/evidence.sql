-- Rows of EVIDENCE. Roles of a chain end with the number of their step, and step 10 comes after step 9.
select
    flag_id,
    row_number() over (
        partition by flag_id
        order by
            regexp_replace(role, '[0-9]+', '', 'g'),
            try_cast(regexp_extract(role, '[0-9]+') as bigint) nulls first,
            statement_id,
            field
    ) as position,
    role, register, edition, file_sha256, record, field, value, statement_id, stale_since
from fact
