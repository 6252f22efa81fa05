-- Listed parties that count for an entity: itself and whoever certainly controls it; under British law also
-- its owners, its directors and what it certainly controls.
with tie as (
    select subject_id, subject_id as party_id, 1 as rank_no, 'listed' as link from listable_entity
    union all
    select subject_id, party_id, 2, 'controller'
    from graph_control
    where verdict = 'CERTAIN' and kind = 'control'
    union all
    select subject_id, party_id, 3, 'owner'
    from relationship
    where is_open and not is_office and party_id is not null and 'gb' in (select country from home_country)
    union all
    select company_id, party_id, 4, 'director'
    from officer
    where is_open
        and role <> 'seniorManagingOfficial'
        and party_id is not null
        and 'gb' in (select country from home_country)
    union all
    select party_id, subject_id, 5, 'subsidiary'
    from graph_control
    where verdict = 'CERTAIN' and kind = 'control' and 'gb' in (select country from home_country)
)
select * from tie where party_id in (select party_id from debarred)
