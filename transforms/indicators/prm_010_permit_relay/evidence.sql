with hits as (
    select *
    from relay
    where decided_on is not null
        and (has_controller or has_financier or has_officer or has_seat or has_lessor)
),
shared_controller as (
    select distinct a.premises_id, a.old_id, a.new_id, a.decided_on, g.party_id
    from hits a
    join controller g on g.company_id = a.old_id and coalesce(g.to_on >= a.decided_on, true)
    join controller h
        on h.company_id = a.new_id
        and h.party_id = g.party_id
        and coalesce(h.to_on > a.applied_on, true)
),
-- Both companies, and the holders between them and the controller.
rung as (
    select premises_id, party_id, decided_on, unnest([old_id, new_id]) as held_id from shared_controller
    union
    select s.premises_id, s.party_id, s.decided_on, h.party_id
    from shared_controller s
    join controller h on h.company_id in (s.old_id, s.new_id)
    join graph_control t on t.subject_id = h.party_id and t.party_id = s.party_id and t.verdict = 'CERTAIN'
),
shared_office as (
    select distinct a.premises_id, g.officer_id
    from hits a
    join office g on g.company_id in (a.old_id, a.new_id)
    where a.has_officer
        and exists (
            select 1
            from office x
            join office y on y.party_id = x.party_id
            where x.company_id = a.old_id and y.company_id = a.new_id and x.party_id = g.party_id
        )
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
select r.premises_id, 'interest of the controller', i.interest_id, 'interest_statement.share_min'
from rung r
join interest i on i.subject_id = r.held_id and (i.is_open or i.valid_to >= r.decided_on)
left join rung o on o.premises_id = r.premises_id and o.party_id = r.party_id and o.held_id = i.party_id
where i.party_id = r.party_id or o.held_id is not null
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
select premises_id, 'office of both', officer_id, 'interest_statement.interest_type' from shared_office
union
select s.premises_id, 'officer', r.party_statement_id,
    case when r.party_kind = 'person' then 'person_statement.full_name' else 'entity_statement.name' end
from shared_office s
join officer o using (officer_id)
join relationship r on r.statement_id = o.statement_id
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
