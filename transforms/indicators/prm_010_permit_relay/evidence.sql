with hits as (
    select *
    from relay
    where decided_on is not null
        and (has_controller or has_financier or has_officer or has_seat or has_lessor)
),
shared_controller as (
    select distinct a.premises_id, a.old_id, a.new_id, g.party_id
    from hits a
    join controller g on g.company_id = a.old_id
    join controller h on h.company_id = a.new_id and h.party_id = g.party_id
)
select
    premises_id as subject_id, 'permit that ended' as role, old_statement_id as statement_id,
    'permit_statement.state' as field
from hits
union
select premises_id, 'day of the decision', old_statement_id, 'permit_statement.decided_on' from hits
union
select premises_id, 'application of another party', new_statement_id, 'permit_statement.applied_on' from hits
union
select premises_id, 'lessor that the decision named', old_statement_id, 'permit_statement.lessor_in_refusal'
from hits
where has_lessor
union
select s.premises_id, 'interest of the controller', e.interest_id, 'interest_statement.share_min'
from shared_controller s
join graph_edge e
    on e.party_id = s.party_id
    and e.subject_id in (s.old_id, s.new_id)
    and e.interest_id is not null
union
select a.premises_id, 'financier of both', g.statement_id, g.field
from hits a
join financier g on g.company_id in (a.old_party, a.new_party)
where a.has_financier
    and exists (
        select 1
        from financier x
        join financier y on y.financier_id = x.financier_id
        where x.company_id = a.old_party and y.company_id = a.new_party and x.financier_id = g.financier_id
    )
union
select a.premises_id, 'office of both', g.officer_id, 'interest_statement.interest_type'
from hits a
join office g on g.company_id in (a.old_id, a.new_id)
where a.has_officer
    and exists (
        select 1
        from office x
        join office y on y.party_id = x.party_id
        where x.company_id = a.old_id and y.company_id = a.new_id and x.party_id = g.party_id
    )
union
select a.premises_id, 'seat of both', g.statement_id, 'address_statement.address_text'
from hits a
join applicant_seat g on g.company_id in (a.old_id, a.new_id)
where g.address_id <> a.premises_id
    and exists (
        select 1
        from applicant_seat x
        join applicant_seat y on y.address_id = x.address_id
        where x.company_id = a.old_id and y.company_id = a.new_id and x.address_id = g.address_id
    )
