-- How many of the lines of a payment register, and how much of its money, have a payee that is known.
select
    register,
    kind,
    count(*) as lines,
    round(100.0 * count(*) filter (payee_id is not null) / count(*), 1) as "known %",
    count(*) filter (payee_kind = 'company') as "of companies",
    round(
        100.0 * count(*) filter (payee_kind = 'company' and payee_id is not null)
        / nullif(count(*) filter (payee_kind = 'company'), 0),
        1
    ) as "of these known %",
    round(
        100.0 * sum(abs(amount)) filter (payee_id is not null) / nullif(sum(abs(amount)), 0), 1
    ) as "of the money %"
from (
    select register, kind, payee_id, payee_kind, amount from v_flow
    union all
    select register, 'subsidy', payee_id, payee_kind, granted from v_subsidy
)
group by register, kind
order by register, kind
