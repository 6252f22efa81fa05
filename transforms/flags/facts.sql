-- The claimed facts of one statement table, with their record and the date of the first edition in which the
-- same part of that record states the same. $part_from: where the part begins in the id of a statement.
-- Python fills in the table, and the value of `field` in a row `s` of it, as text.
with fact as materialized (
    select
        c.indicator, c.flag_id, c.position, c.role, s.register, s.dataset, s.edition, s.file_sha256, s.record,
        c.field, {value} as value, c.statement_id
    from claim c
    join {table} s using (statement_id)
    where starts_with(c.field, '{table}.')
),
-- A register with one edition has no earlier one, so its records need not be read again.
stated as (
    select distinct register, record, substr(statement_id, $part_from) as part, field, value
    from fact
    where register in (select register from edition_in_use group by register having count(*) > 1)
),
first_seen as (
    select a.register, a.record, a.part, a.field, a.value, min(e.edition_date) as first_seen_on
    from stated a
    join {table} s
        on s.register = a.register and s.record = a.record and substr(s.statement_id, $part_from) = a.part
    join edition_in_use e on e.register = s.register and e.dataset = s.dataset and e.edition = s.edition
    where {value} is not distinct from a.value
    group by all
)
select fact.*, e.stale_since, coalesce(f.first_seen_on, e.edition_date) as first_seen_on
from fact
left join edition_in_use e using (register, dataset, edition, file_sha256)
left join first_seen f
    on f.register = fact.register
    and f.record = fact.record
    and f.part = substr(fact.statement_id, $part_from)
    and f.field = fact.field
    and f.value is not distinct from fact.value
