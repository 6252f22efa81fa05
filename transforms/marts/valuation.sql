-- Values of objects at addresses where a register held has something. If an object has several records for
-- one reference day, the last one entered counts.
with stated as (
    select
        v.*,
        row_number() over (
            partition by v.object_number, v.valued_on
            order by v.registered_native desc nulls last, v.statement_id
        ) as newest
    from valuation_statement v
    join edition_in_use e using (register, dataset, edition)
    where e.status = 'in_force'
),
met as (
    select designation_id from premises where designation_id is not null
    union
    select a.designation_id
    from address_statement a
    join edition_in_use e using (register, dataset, edition)
    where a.designation_id is not null
)
select
    s.statement_id as valuation_id,
    s.object_number,
    s.valued_on,
    s.value_eur,
    s.counts_from,
    s.designation_id,
    s.register,
    s.dataset,
    s.edition,
    s.record,
    s.statement_id
from stated s
join met m on m.designation_id = s.designation_id
where s.newest = 1
