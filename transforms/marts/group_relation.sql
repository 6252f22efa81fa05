-- Relations of LEI holders in the editions in force, with the parties that these LEIs identify: the party
-- whose record is that of the LEI, or states it beside its number; else the LEI itself.
with stated as (
    select s.identifier as lei, r.party_id
    from entity_statement s
    join resolution r using (statement_id)
    where s.identifier_scheme = 'XI-LEI'
    union
    select i.number, r.party_id
    from identifier_statement i
    join resolution r on r.statement_id = i.of_statement_id
    where i.scheme = 'XI-LEI'
),
known as (
    select lei, min(party_id) as party_id
    from stated
    where not starts_with(party_id, 'UT-')
    group by lei
    having count(distinct stated.party_id) = 1
),
newest as (
    select s.*
    from group_statement s
    join edition_in_use e using (register, dataset, edition)
    where e.status = 'in_force'
    qualify row_number() over (
        partition by s.subject_lei, s.party_lei, s.group_kind
        order by e.edition_order desc, s.is_ceased, s.valid_from desc nulls last, s.statement_id
    ) = 1
)
select
    n.statement_id as group_relation_id,
    coalesce(a.party_id, concat_ws('-', 'XI-LEI', n.subject_lei)) as subject_id,
    case when n.party_lei is not null then coalesce(b.party_id, concat_ws('-', 'XI-LEI', n.party_lei)) end
        as party_id,
    n.group_kind,
    n.no_parent_reason,
    n.reason_native,
    n.valid_from,
    n.valid_to,
    (n.valid_from is null or n.valid_from <= $as_of)
        and (n.valid_to is null or n.valid_to > $as_of)
        and (not n.is_ceased or n.valid_to is not null) as is_open,
    n.subject_lei,
    n.party_lei,
    n.register,
    n.edition,
    n.record
from newest n
left join known a on a.lei = n.subject_lei
left join known b on b.lei = n.party_lei
