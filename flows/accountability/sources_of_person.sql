-- Hash in the ids of a person's statements -> where the record stands. A relationship that is a record of its
-- own leads to the person's.
with party as (
    select statement_id, party_id, register, edition, record from v_resolution where party_id = $person
),

hashes as (
    select statement_id, statement_id as party_statement_id from party
    union
    select statement_id, party_statement_id from v_relationship where party_id = $person
),

file as (
    select register, edition, string_agg(distinct file_name, '; ' order by file_name) as file
    from v_edition group by all
)

select split_part(h.statement_id, '-', 1) as hash, p.register, p.edition, f.file, p.record
from hashes h
join party p on p.statement_id = h.party_statement_id
left join file f on f.register = p.register and f.edition = p.edition
order by all
