-- Links between two members of one case, and how the party was resolved: an unconfirmed match makes the
-- link possible.
select a.case_id, c.from_id, c.to_id, c.kind, c.certainty, c.statement_id, r.method
from case_candidate c
join member a on a.subject_id = c.from_id
join member b on b.subject_id = c.to_id and b.case_id = a.case_id
left join relationship s on s.statement_id = c.statement_id
left join resolution r on r.statement_id = s.party_statement_id
order by a.case_id, c.from_id, c.to_id, c.kind, c.certainty, c.statement_id
