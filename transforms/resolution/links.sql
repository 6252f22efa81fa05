-- One row for each pair of records that were compared, the smaller first, by their strongest pair. Two
-- editions of the same record are not a pair.
create or replace temp table {kind}_link as
with both_ways as not materialized (
    select * from {kind}_pair
    union all
    select * replace (other as one, one as other) from {kind}_pair
),
record as (
    select {number} as number, {party} as party, register, record
    from {records}
    where {number} in (select one from both_ways)
),
sided as (
    select
        a.register,
        a.record,
        b.register as other_register,
        b.record as other_record,
        coalesce(p.outcome, case when a.party = b.party then 'joined' else 'candidate' end) as outcome,
        p.reason,
        p.score,
        p.weight_bits,
        p.steps
    from both_ways p
    join record a on a.number = p.one
    join record b on b.number = p.other
    where a.register < b.register or (a.register = b.register and a.record < b.record)
)
select *
from sided
qualify row_number() over (
    partition by register, record, other_register, other_record
    order by score desc, weight_bits desc nulls last, steps, outcome, reason
) = 1
