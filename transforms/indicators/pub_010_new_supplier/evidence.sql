with
-- The first payments and the first awards, at most a hundred of each.
counted as (
    select
        s.payee_id,
        f.statement_id,
        row_number() over (partition by s.payee_id order by f.flowed_on, f.statement_id) as nth
    from sums s
    join company c on c.company_id = s.payee_id
    join flow f
        on f.payer_id = s.payer_id
        and f.payee_id = s.payee_id
        and f.currency = s.currency
        and f.kind = 'payment'
        and f.status = 'paid'
        and f.cancels is null
        and f.cancelled_by is null
        and date_diff('day', s.first_on, f.flowed_on) between 0 and 364
        and f.flowed_on <= $as_of
    where s.kind = 'payment'
        and date_diff('day', c.incorporated_on, s.first_on) between 0 and $days - 1
        and s.received >= $amount
),
young as (
    select distinct s.payer_id, s.payee_id, s.first_on
    from sums s
    join company c on c.company_id = s.payee_id
    where date_diff('day', c.incorporated_on, s.first_on) between 0 and $days - 1
        and s.received >= $amount
),
awarded as (
    select
        y.payee_id,
        a.statement_id,
        a.amount,
        row_number() over (partition by y.payee_id order by a.awarded_on, a.statement_id) as nth
    from young y
    join award a
        on a.buyer_id = y.payer_id
        and a.supplier_id = y.payee_id
        and a.status = 'active'
        and date_diff('day', y.first_on, a.awarded_on) between 0 and 364
        and a.awarded_on <= $as_of
)
select
    payee_id as subject_id, 'payment' as role, statement_id, 'flow_statement.amount' as field
from counted
where nth <= 100
union all
select payee_id, 'award', statement_id, 'award_statement.awarded_on' from awarded where nth <= 100
union all
select payee_id, 'award', statement_id, 'award_statement.amount'
from awarded
where nth <= 100 and amount is not null
union all
select company_id, 'company incorporated', statement_id, 'entity_statement.incorporated_on'
from company
where company_id in (select payee_id from young)
