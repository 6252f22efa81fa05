-- partner: hashes of what the person of a record holds together with a co-holder, some more than once. A
-- co-holder born in the same month may be the same person in another spelling or at another address, and is
-- left out. If too many persons hold a company, holding it together is no evidence.
create or replace temp table person_partner as
with holding as (
    select party_statement_id as statement_id, hash(coalesce(subject_id, subject_statement_id)) as subject
    from relationship_statement
    where coalesce(subject_id, subject_statement_id) is not null
),
held as (
    select
        f.row_no,
        a.anchor_no,
        h.subject,
        f.birth_year * 12 + f.birth_month as born,
        case when f.birth_month is not null then hash(f.words, f.birth_year, f.birth_month) end as who
    from person_feature f
    join person_anchor a using (row_no)
    join holding h using (statement_id)
),
of_many as (
    select subject from held group by subject having count(distinct anchor_no) > {holders_max}
),
close as not materialized (
    select h.* from held h anti join of_many using (subject)
)
select row_no, subject as partner from close
union all
select one.row_no, other.who
from close one
join close other on other.subject = one.subject and other.anchor_no <> one.anchor_no
where other.who is not null and other.born is distinct from one.born
