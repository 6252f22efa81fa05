with hits as (
    select * from bought where outcome = 'hit'
),
lines as (
    select
        h.payee_id,
        r.receiver_id,
        r.statement_id,
        r.field,
        row_number() over (partition by h.payee_id order by r.until_on desc, r.statement_id) as nth
    from (
        select payee_id, kind, currency, max(added_on) as last_on
        from hits
        group by payee_id, kind, currency
    ) h
    join received r
        on r.payee_id = h.payee_id
        and r.kind = h.kind
        and r.currency = h.currency
        and not r.is_for_property
        and r.until_on <= h.last_on
        and date_diff('day', r.from_on, h.last_on) <= $days
),
beside_it as (
    select payee_id, buyer_id as other_id from hits where payee_id <> buyer_id
    union
    select payee_id, receiver_id from lines where nth <= 100 and payee_id <> receiver_id
),
tied as (
    select distinct
        w.payee_id as subject_id, unnest([w.payee_id, w.other_id]) as company_id, a.shared_id
    from beside_it w
    join company_tie a on a.company_id = w.payee_id and a.link = 'control_group'
    join company_tie b
        on b.company_id = w.other_id and b.link = 'control_group' and b.shared_id = a.shared_id
)
select payee_id as subject_id, 'public money' as role, statement_id, field
from lines
where nth <= 100
union
select payee_id, 'proprietor added', statement_id, 'proprietorship_statement.added_on' from hits
union
select
    payee_id, 'price paid', title_statement_id,
    case priced_in when 'EUR' then 'title_statement.price_paid_eur' else 'title_statement.price_paid_gbp' end
from hits
union
select distinct t.subject_id, 'interest that joins them', i.interest_id, 'interest_statement.share_min'
from tied t
join group_interest i using (company_id, shared_id)
