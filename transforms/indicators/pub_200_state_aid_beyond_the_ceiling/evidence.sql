with beyond as (
    select distinct a.*
    from summed s
    join aid a
        on a.payee_id = s.payee_id
        and a.territory = s.territory
        and a.first_year between s.last_year - 2 and s.last_year
    where s.received > $ceiling
),
counted as (
    select
        payee_id, receiver_id, statement_id, counted_as,
        row_number() over (partition by payee_id order by first_year desc, amount desc, statement_id) as nth
    from beyond
)
select
    payee_id as subject_id, 'grant' as role, statement_id,
    concat('subsidy_statement.', counted_as) as field
from counted
where nth <= 100
union all
select w.payee_id, 'interest that joins them', e.interest_id, 'interest_statement.share_min'
from (
    select distinct payee_id, unnest([payee_id, receiver_id]) as held_id
    from counted
    where payee_id <> receiver_id
) w
join graph_edge e on e.subject_id = w.held_id and e.interest_id is not null
