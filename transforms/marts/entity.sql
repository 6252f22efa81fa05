-- Every legal entity and arrangement in any record. A subject that has no record of its own takes the
-- statement of its relationship.
with spoken as (
    select
        r.party_id,
        s.statement_id,
        coalesce(
            bool_or(s.is_listed and e.status = 'in_force') over (partition by r.party_id), false
        ) as is_listed,
        row_number() over (
            partition by r.party_id
            order by
                s.is_registry_entry desc, (e.status = 'in_force') desc, e.edition_order desc, s.statement_id
        ) as best,
        count(*) over (partition by r.party_id) as statements_n
    from resolution r
    join entity_statement s on s.statement_id = r.statement_id
    join edition_in_use e on e.register = s.register and e.dataset = s.dataset and e.edition = s.edition
),
subjects as (
    select subject_id as party_id, min(statement_id) as statement_id, count(*) as statements_n
    from relationship_statement
    where subject_id is not null and subject_id not in (select party_id from spoken)
    group by subject_id
),
-- All exemptions of the UK from declaring owners are for entities whose shares are traded on a market with
-- its own disclosure rules.
exempt_as_listed as (
    select distinct subject_id
    from relationship
    where is_open
        and declaration_class = 'exempt'
        and (declaration_code like '%market%' or declaration_code like '%transparency-rules%')
)
select
    p.party_id as entity_id, s.name, s.entity_type, s.jurisdiction, s.legal_form,
    s.is_registry_entry as in_register,
    p.is_listed or x.subject_id is not null as is_listed,
    p.statements_n, statement_id
from spoken p
join entity_statement s using (statement_id)
left join exempt_as_listed x on x.subject_id = p.party_id
where p.best = 1
union all
select
    party_id, null, 'registeredEntity', null, null, false, x.subject_id is not null, statements_n,
    statement_id
from subjects
left join exempt_as_listed x on x.subject_id = party_id
