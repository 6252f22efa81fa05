-- Grants to legal entities, and to everybody in one of their control groups, by the member state that granted
-- them. The year is the first year of the grant.
with granted as (
    select
        s.payee_id, s.payee_name, s.payee_kind, s.territory, s.first_year, s.statement_id, s.funder_id,
        coalesce(s.settled, s.granted) as amount,
        case when s.settled is null then 'granted' else 'settled' end as counted_as
    from subsidy s
    where s.payee_id is not null
        and s.state in ('granted', 'settled')
        and coalesce(s.settled, s.granted) > 0
        and s.currency = 'EUR'
        and s.first_year is not null
        and s.first_year <= year($as_of)
        -- Block exemption (AGVV, GBER, RGEC), or a service of general economic interest, which has its own
        -- ceiling.
        and not regexp_matches(
            spaced_words(concat_ws(' ', s.scheme, s.purpose)),
            '\b(agvv|gber|rgec|daeb|sgei|sieg)\b|block exemption|groepsvrijstelling|exemption par categorie'
            '|general economic interest|algemeen economisch belang|interet economique general'
        )
        and not exists (select 1 from home_scheme h where contains(lower(s.scheme), lower(h.words)))
),
beside as (
    select a.company_id as payee_id, b.company_id as member_id
    from company_tie a
    join company_tie b using (link, shared_id)
    where a.link = 'control_group' and a.company_id in (select payee_id from granted)
    union
    select payee_id, payee_id from granted
)
select
    b.payee_id, g.payee_id as receiver_id, g.territory, g.first_year, g.amount, g.counted_as, g.statement_id
from beside b
join granted g on g.payee_id = b.member_id
