-- Payments to companies of the registers held, and the company's status on that day.
with ended as (
    select
        c.*,
        coalesce(d.dissolved_from, c.dissolved_on) as dissolved_from,
        coalesce(d.dissolved_by, c.dissolved_on) as dissolved_by,
        coalesce(d.is_interval, false) as is_interval,
        coalesce(d.is_without_day, false) as is_without_day,
        coalesce(c.accounts_category in ('DORMANT', 'FILING EXEMPTION SUBSIDIARY'), false) as is_dormant
    from company c
    left join ended_company d on d.company_id = c.company_id
    where c.legal_form_class not in ('overseas_entity', 'overseas_company')
)
select
    f.payee_id,
    f.amount,
    f.currency,
    f.flowed_on,
    f.status = 'planned' as is_planned,
    f.statement_id,
    c.statement_id as company_statement_id,
    c.name,
    c.is_interval,
    c.is_without_day,
    c.accounts_made_up_to,
    if(c.is_interval or c.is_without_day, null, c.dissolved_by) as dissolved_on,
    case
        when f.method is distinct from 'number' then 'miss'
        when f.flowed_on < c.incorporated_on then 'not yet incorporated'
        -- The register states only the last day that the latest accounts cover.
        when c.is_dormant
            and f.status = 'paid'
            and date_diff('day', f.flowed_on, c.accounts_made_up_to) between 0 and 364
            then 'dormant'
        when c.is_without_day and c.dissolved_by is null then 'no_dissolution_date'
        when f.flowed_on <= c.dissolved_from then 'miss'
        when c.is_interval and date_diff('day', c.dissolved_from, c.dissolved_by) > 31 then 'editions_apart'
        when f.flowed_on > c.dissolved_by then 'dissolved'
        when c.is_without_day then 'no_dissolution_date'
        when c.is_interval then 'interval'
        when c.is_dormant and f.status = 'paid' and c.accounts_made_up_to is null then 'no_accounts_day'
        else 'miss'
    end as condition
from flow f
join ended c on c.company_id = f.payee_id
where f.amount > 0
    and f.cancelled_by is null
    and f.kind in ('payment', 'subsidy')
    and (f.status = 'planned' or f.flowed_on <= $as_of)
    and f.payee_kind in ('company', 'unclassified')
