-- Weighed pairs of records, and claims to a number whose holder has another name, each with the parties of
-- both records. A record's party is that of its newest edition: editions in force first, undated ones last.
-- A claim to another's number is a pair with the holder's own entry, until no edition in force has it.
with edition as (
    select register, edition, bool_or(status = 'in_force') as in_force, max(edition_date) as edition_date
    from v_edition
    group by all
),
dated as (
    select
        r.*,
        coalesce(e.in_force, false) as in_force,
        coalesce(e.edition_date, date '0001-01-01') as edition_date
    from v_resolution r left join edition e using (register, edition)
),
party as (
    select register, record, arg_max(party_id, (in_force, edition_date, edition, statement_id)) as party_id
    from dated
    group by register, record
),
claim as (
    select *
    from dated
    semi join (select register, record from dated where candidate_id is not null) using (register, record)
    qualify in_force
        or (
            dense_rank() over (partition by register, record order by edition_date desc, edition desc) = 1
            and not bool_or(in_force) over (partition by register, record)
        )
),
number as (
    select
        r.register,
        r.record,
        h.register as other_register,
        h.record as other_record,
        max(r.score) as score
    from claim r join v_resolution h on h.party_id = r.candidate_id and h.method = 'identifier'
    where not starts_with(r.party_id, 'UT-P-')
    group by all
),
every as (
    select register, record, other_register, other_record, outcome, reason, score, weight_bits, steps
    from v_resolution_link
    union all by name
    select *, 'candidate' as outcome, null as reason, null as weight_bits, []::text[] as steps
    from number
)
select e.*, one.party_id as party_id, other.party_id as other_party_id
from every e
join party one on one.register = e.register and one.record = e.record
join party other on other.register = e.other_register and other.record = e.other_record
