-- What a company with a case of insolvency shares with another one that began around it.
with shared as (
    select old_id, new_id, bool_or(is_dated) as is_dated from met group by old_id, new_id
),
class as (
    select company_id, industry_class
    from industry
    where company_id in (select old_id from shared union select new_id from shared)
),
same_industry as (
    select distinct s.old_id, s.new_id
    from shared s
    join class x on x.company_id = s.old_id
    join class y on y.company_id = s.new_id and y.industry_class = x.industry_class
),
compared as (
    select
        s.old_id,
        s.new_id,
        s.is_dated,
        i.insolvent_on,
        i.statement_id as insolvency_statement_id,
        i.field as insolvency_field,
        n.incorporated_on,
        n.statement_id as new_statement_id,
        o.statement_id as old_statement_id,
        coalesce(o.name, s.old_id) as old_name,
        date_diff('day', i.insolvent_on, n.incorporated_on) as days_n,
        without_legal_form(business_name(o.name)) as old_key,
        without_legal_form(business_name(n.name)) as new_key,
        a.statement_id as old_seat_statement_id,
        n.address_statement_id as new_seat_statement_id,
        y.old_id is not null as has_industry
    from shared s
    join insolvent_company i on i.company_id = s.old_id
    join company n on n.company_id = s.new_id
    left join company o on o.company_id = s.old_id
    left join same_industry y on y.old_id = s.old_id and y.new_id = s.new_id
    left join seat_held a
        on a.company_id = s.old_id
        and a.address_id = n.address_id
        and a.address_id in (select address_id from address where address_class = 'ordinary')
)
select
    *,
    old_seat_statement_id is not null as has_address,
    coalesce(
        1 - levenshtein(old_key, new_key) / nullif(greatest(length(old_key), length(new_key)), 0)
            >= $similarity,
        false
    ) as has_name
from compared
