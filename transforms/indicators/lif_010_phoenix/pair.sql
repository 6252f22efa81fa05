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
-- The old company may have given up its name first, so that the new one could have it: former names count.
called as (
    select company_id, name, false as is_former from company
    where company_id in (select old_id from shared)
    union all
    select company_id, unnest(former_names), true from company
    where company_id in (select old_id from shared)
),
same_name as (
    select old_id, new_id, bool_and(is_former) as is_former
    from (
        select
            s.old_id, s.new_id, o.is_former,
            without_legal_form(business_name(o.name)) as old_key,
            without_legal_form(business_name(n.name)) as new_key
        from shared s
        join called o on o.company_id = s.old_id
        join company n on n.company_id = s.new_id
    ) named
    where 1 - levenshtein(old_key, new_key) / nullif(greatest(length(old_key), length(new_key)), 0)
        >= $similarity
    group by old_id, new_id
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
        m.old_id is not null as has_name,
        coalesce(m.is_former, false) as is_former_name,
        a.statement_id as old_seat_statement_id,
        n.address_statement_id as new_seat_statement_id,
        y.old_id is not null as has_industry
    from shared s
    join insolvent_company i on i.company_id = s.old_id
    join company n on n.company_id = s.new_id
    left join company o on o.company_id = s.old_id
    left join same_industry y on y.old_id = s.old_id and y.new_id = s.new_id
    left join same_name m on m.old_id = s.old_id and m.new_id = s.new_id
    left join seat_held a
        on a.company_id = s.old_id
        and a.address_id = n.address_id
        and a.address_id in (select address_id from address where address_class = 'ordinary')
)
select *, old_seat_statement_id is not null as has_address from compared
