-- Records of entities in the form of the mart `resolution`: the claims, with the companies that parties
-- without a number are or may be, and the entries of company registers, whose party is their number.
create or replace temp table entity_row as
with claimed as (
    select
        c.*,
        m.org_id,
        m.method as match_method,
        m.score as match_score,
        coalesce(m.joins, false) as joins,
        not m.joins as is_candidate,
        g.with_id,
        g.score as set_score
    from claim_row c
    left join matched_party m on m.party_id = c.party_id and {is_alone}
    left join merged_party g on g.party_id = c.party_id and {is_alone}
),
matched as (
    select
        case when joins then org_id else coalesce(with_id, party_id) end as party_id,
        register,
        edition,
        record,
        statement_id,
        case when joins then match_method when with_id is not null then '{together}' else method end
            as method,
        coalesce(match_score, set_score, score) as score,
        case when is_candidate then org_id else candidate_id end as candidate_id
    from claimed
)
select
    m.* replace (
        case when o.statement_id is null then m.score else o.found_score end as score,
        coalesce(o.found_id, m.candidate_id) as candidate_id
    )
from matched m
left join overseas_candidate o
    on o.statement_id = m.statement_id
    and not starts_with(m.party_id, '{uk_numbers}')
    and not starts_with(coalesce(m.candidate_id, ''), '{uk_numbers}')
union all
select
    concat_ws('-', s.identifier_scheme, s.identifier) as party_id,
    s.register,
    s.edition,
    s.record,
    s.statement_id,
    'identifier' as method,
    1.0 as score,
    null as candidate_id
from entity_statement s
join edition_in_use e using (register, dataset, edition)
where s.is_registry_entry and s.identifier is not null
