-- Records that a judgement names, in order of editions.
with named as (
    select statement_id, register, dataset, edition, record, role, name
    from entity_statement
    semi join judged_record using (register, record)
    union all by name
    select statement_id, register, dataset, edition, record
    from person_statement
    semi join judged_record using (register, record)
)
select
    r.party_id,
    s.register,
    s.dataset,
    s.record,
    s.role,
    s.name,
    split_part(s.statement_id, '-', -1) as part
from named s
join resolution r using (statement_id)
join edition_in_use e on e.register = s.register and e.dataset = s.dataset and e.edition = s.edition
order by e.edition_order, s.statement_id
