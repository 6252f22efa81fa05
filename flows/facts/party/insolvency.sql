-- Cases of insolvency and liquidation; for a company without one, what its status in the company register
-- says of it. `is_insolvency` is null there for a liquidation, which may be solvent.
with held as (
    select
        insolvency_id, company_id, kind, kind_native, is_insolvency, began_on, register, edition,
        true as is_case
    from v_insolvency
    where company_id in (select unnest($ids))
)
select
    company_id as id, kind, kind_native, is_insolvency, began_on, register, edition, is_case,
    row_number() over (partition by company_id order by began_on desc nulls last, insolvency_id) as row_no
from held
union all
select
    company_id, status, status_native, if(status = 'insolvent', true, null), null, register, edition, false, 1
from company
where rowid in (from rows_of('company.company_id', $ids))
    and status in ('liquidation', 'insolvent')
    and company_id not in (select company_id from held)
