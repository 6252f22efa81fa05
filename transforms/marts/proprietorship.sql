-- Proprietors over all complete editions: still on the title, or ended with the first edition that shows it without them.
with shown as (
    select
        p.title_id,
        p.position,
        r.party_id,
        s.name as proprietor_name,
        s.identifier_native as number_native,
        p.category,
        p.added_on,
        r.method,
        p.statement_id,
        p.party_statement_id,
        p.register,
        p.dataset,
        p.edition,
        e.edition_order,
        e.status,
        row_number() over (
            partition by p.title_id, r.party_id, p.added_on
            order by (e.status = 'in_force') desc, e.edition_order desc, p.statement_id
        ) as newest
    from proprietorship_statement p
    join edition_in_use e using (register, dataset, edition)
    join resolution r on r.statement_id = p.party_statement_id
    join entity_statement s on s.statement_id = p.party_statement_id
),
-- The first complete edition after the last one that shows the proprietor, unless the title's record was rejected there.
ended as (
    select n.statement_id, min(e.edition_date) as ended_on
    from shown n
    join edition_in_use e
        on e.register = n.register and e.dataset = n.dataset and e.completeness = 'complete' and e.edition_order > n.edition_order
    where n.newest = 1
        and n.status <> 'in_force'
        and not exists (
            select 1 from reject_mention m
            where m.register = e.register and m.dataset = e.dataset and m.edition = e.edition
                and m.token = replace(n.title_id, 'GB-HMLR-', '')
        )
    group by n.statement_id
)
select
    n.title_id,
    n.position,
    n.party_id,
    n.proprietor_name,
    n.number_native,
    n.category,
    n.added_on,
    x.ended_on,
    n.method,
    n.statement_id,
    n.party_statement_id
from shown n
left join ended x using (statement_id)
where n.newest = 1 and (n.status = 'in_force' or x.ended_on is not null)
order by n.statement_id
