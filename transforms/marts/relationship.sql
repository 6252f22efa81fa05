-- Relationships and declarations of the editions in force, with resolved parties.
with office as (
    -- Relationships whose only interests are seats and posts.
    select relationship_statement_id
    from interest_statement
    group by relationship_statement_id
    having count(*) filter (
        where interest_type not in ('boardMember', 'boardChair', 'seniorManagingOfficial')
    ) = 0
),
-- Most registers state the number of the subject, so few subjects are known only by their statement.
subject as (
    select statement_id, party_id
    from resolution
    where statement_id in (select subject_statement_id from relationship_statement)
)
select
    coalesce(r.subject_id, subject.party_id) as subject_id,
    party.party_id,
    r.party_kind,
    r.unspecified_reason,
    r.declaration_code,
    r.declaration_class,
    r.valid_from,
    r.valid_to,
    r.is_ceased,
    r.is_left_censored,
    r.verification_due_on,
    r.verified_on,
    r.verification_ended_on,
    (r.valid_from is null or r.valid_from <= $as_of)
        and (r.valid_to is null or r.valid_to > $as_of)
        and (not r.is_ceased or r.valid_to is not null) as is_open,
    o.relationship_statement_id is not null as is_office,
    r.statement_id,
    r.party_statement_id
from relationship_statement r
join edition_in_use e using (register, dataset, edition)
left join office o on o.relationship_statement_id = r.statement_id
left join resolution party on party.statement_id = r.party_statement_id
left join subject on subject.statement_id = r.subject_statement_id
where e.status = 'in_force'
