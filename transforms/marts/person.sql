-- One row for each natural person, with the name as in the newest record, preferably not in capitals.
select person_id, person_type, full_name, birth_year, birth_month, statements_n, statement_id
from (
    select
        r.party_id as person_id,
        s.person_type,
        s.full_name,
        s.birth_year,
        s.birth_month,
        count(*) over (partition by r.party_id) as statements_n,
        s.statement_id,
        row_number() over (
            partition by r.party_id
            order by
                (e.status = 'in_force') desc,
                e.edition_order desc,
                coalesce(s.full_name = upper(s.full_name), false),
                s.statement_id
        ) as best
    from resolution r
    join person_statement s on s.statement_id = r.statement_id
    join edition_in_use e on e.register = s.register and e.dataset = s.dataset and e.edition = s.edition
)
where best = 1
