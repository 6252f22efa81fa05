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
),
-- The companies, and the holders between them and the controller of the group.
rung as (
    select subject_id, shared_id, company_id as held_id from tied
    union
    select t.subject_id, t.shared_id, c.party_id
    from tied t
    join graph_control c on c.subject_id = t.company_id and c.verdict = 'CERTAIN' and c.kind = 'control'
),
joining as (
    select distinct r.subject_id, e.interest_id
    from rung r
    join graph_edge e on e.subject_id = r.held_id and e.interest_id is not null
    join company_tie g
        on g.company_id = e.party_id and g.shared_id = r.shared_id and g.link = 'control_group'
)
select
    payee_id as subject_id, 'grant' as role, statement_id,
    concat('subsidy_statement.', counted_as) as field
from counted
where nth <= 100
union all
select subject_id, 'interest that joins them', interest_id, 'interest_statement.share_min'
from joining
