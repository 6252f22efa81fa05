-- Decided cases of $indicator under the rule $version, by outcome: number of cases and readings, and the
-- first and last month of a decision.
select
    outcome,
    count(*) as cases_n,
    cast(sum(readings_n) as bigint) as readings_n,
    strftime(min(decided_on), '%Y-%m') as first_month,
    strftime(max(decided_on), '%Y-%m') as last_month
from (
    select case_id, outcome, max(readings_n) as readings_n, max(decided_on) as decided_on
    from v_verdict
    where indicator = $indicator and version = $version
    group by case_id, outcome
)
group by outcome
