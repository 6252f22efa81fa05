with others as (
    select
        payee_id,
        payee_account,
        count(distinct other) as others_n,
        min(other_name) as other_name
    from shared
    group by payee_id, payee_account
),
received as (
    select
        payee_id, payee_account, currency, sum(amount) as received, max(flowed_on) as last_on,
        bool_or(is_planned) as is_planned, bool_and(is_planned) as is_all_planned
    from paid
    where payee_id is not null
    group by payee_id, payee_account, currency
),
ranked as (
    select
        r.*,
        o.others_n,
        o.other_name,
        k.country,
        g.territory is not null and g.gap is null as has_owners,
        row_number() over (
            partition by r.payee_id
            order by coalesce(o.others_n, 0) desc, r.received desc, r.payee_account, r.currency
        ) as first_row
    from received r
    join account k on k.account_id = r.payee_account
    left join others o on o.payee_id = r.payee_id and o.payee_account = r.payee_account
    left join company c on c.company_id = r.payee_id
    left join role_held g on g.territory = c.territory and g.role = 'owners'
)
select
    payee_id as subject_id,
    case when others_n > 0 then 'flagged' else 'not_flagged' end as state,
    coalesce(others_n, 0) as value,
    'suppliers' as unit,
    0 as threshold,
    case
        when others_n > 2
            then concat_ws(' ', other_name, 'and', cast(others_n - 1 as varchar), 'others are')
        when others_n = 2 then concat_ws('', other_name, ' and another are')
        else concat_ws(' ', other_name, 'is')
    end as other_name,
    thousands(received) as received,
    currency,
    last_on,
    case
        when is_all_planned then 'is to be paid'
        when is_planned then 'is to be paid, or was paid,'
        else 'was paid'
    end as paid_words,
    coalesce(upper(country), 'not stated') as country,
    case
        when has_owners then ''
        else '; no complete register of owners is held that would show whether they are of one group'
    end as group_words
from ranked
where first_row = 1
