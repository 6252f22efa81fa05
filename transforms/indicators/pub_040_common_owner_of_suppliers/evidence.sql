with shared as (
    select control_group_id, payer_id, category, currency
    from suppliers
    group by control_group_id, payer_id, category, currency
    having count(*) >= $n
),
lines as (
    select
        s.control_group_id,
        s.payee_id,
        f.statement_id,
        row_number() over (
            partition by s.control_group_id, s.payee_id order by f.flowed_on desc, f.statement_id
        ) as nth
    from suppliers s
    join shared using (control_group_id, payer_id, category, currency)
    join flow f
        on f.payee_id = s.payee_id
        and f.payer_id = s.payer_id
        and f.category = s.category
        and f.currency = s.currency
    where f.kind = 'payment' and f.status = 'paid' and f.flowed_on <= $as_of
),
tied as (
    select distinct control_group_id as subject_id, payee_id as company_id, control_group_id as shared_id
    from lines
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
    control_group_id as subject_id, 'payment' as role, statement_id, 'flow_statement.amount' as field
from lines
where nth <= 20
union all
select subject_id, 'interest that joins them', interest_id, 'interest_statement.share_min'
from joining
