-- The first case of insolvency of each company up to the release's date. The day is null if a case is undated
-- or of unknown kind, or if only the company register states it, in words that do not distinguish a solvent
-- liquidation.
with judged as (
    select
        company_id,
        case when is_insolvency then began_on end as insolvent_on,
        coalesce(is_insolvency, true) as may_be_insolvency,
        statement_id
    from insolvency
    where coalesce(began_on <= (select max(as_of) from release_day), true)
),
ranked as (
    select
        *,
        row_number() over (
            partition by company_id order by insolvent_on nulls last, may_be_insolvency desc, statement_id
        ) as first_row
    from judged
)
select company_id, insolvent_on, statement_id, 'insolvency_statement.began_on' as field
from ranked
where first_row = 1 and may_be_insolvency
union all
select company_id, null, statement_id, 'entity_statement.status'
from company
where status in ('insolvent', 'liquidation') and company_id not in (select company_id from judged)
