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
),
tied as (
    select distinct
        w.payee_id as subject_id, unnest([w.payee_id, w.receiver_id]) as company_id, a.shared_id
    from counted w
    join company_tie a on a.company_id = w.payee_id and a.link = 'control_group'
    join company_tie b
        on b.company_id = w.receiver_id and b.link = 'control_group' and b.shared_id = a.shared_id
    where w.payee_id <> w.receiver_id
)
select
    payee_id as subject_id, 'grant' as role, statement_id,
    concat('subsidy_statement.', counted_as) as field
from counted
where nth <= 100
union all
select distinct t.subject_id, 'interest that joins them', i.interest_id, 'interest_statement.share_min'
from tied t
join group_interest i using (company_id, shared_id)
