-- Rejected records by register, edition, code and field, with the first locators of each.
with ranked as (
    select
        *,
        row_number() over (
            partition by register, dataset, edition, code, field order by record_no, locator
        ) as place
    from v_reject
)
select
    register, dataset, edition, code, field, count(*) as rows_n,
    list(locator order by place) filter (where place <= $examples) as locators,
    count(*) over () as all_n
from ranked
group by register, dataset, edition, code, field
order by register, dataset, edition, rows_n desc, code, field nulls first
limit $shown
