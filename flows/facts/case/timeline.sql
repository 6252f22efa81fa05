-- Dated events, newest first. `key` and `key_kind` say why an event belongs to a case. `entity`: the event is
-- the entity's foundation, end or registered address, or the entity is the holder, is on a list, applied for
-- a permit or has the premises of one. `office`: the entity of an office. `party`, `title`: of a title gained
-- or lost. `sale`: the sale itself, its property or title, or another sale of the property. `nth`: position
-- of the title among those of the party, newest first. Only the newest $titles_max titles of a party and
-- offices of an entity are included; `left_out_n` counts the events of the others.
with title_event as (
    select
        *,
        row_number() over (
            partition by party_id order by added_on desc nulls last, title_id, statement_id
        ) as nth
    from (
        select title_id, party_id, added_on, ended_on, statement_id
        from proprietorship
        where rowid in (
            from rows_of('proprietorship.party_id', $ids)
            union all
            from rows_of('proprietorship.title_id', $ids)
        )
    )
),
keyed_title_event as (
    select
        *, 'party' as key_kind, party_id as key,
        sum(if(nth > $titles_max, if(added_on is null, 0, 1) + if(ended_on is null, 0, 1), 0)) over (
            partition by party_id
        ) as left_out_n
    from title_event
    qualify nth <= $titles_max
    union all
    select *, 'title', title_id, 0 from title_event where title_id in (select unnest($ids))
),
property as (
    select title_id as key, property_id
    from title_address
    where rowid in (from rows_of('title_address.title_id', $ids))
    union
    select property_id, property_id
    from title_address
    where rowid in (from rows_of('title_address.property_id', $ids))
    union
    select transaction_id, property_id from v_transaction where transaction_id in (select unnest($ids))
),
sold as materialized (
    select transaction_id, property_id, transferred_on, currency, price, register
    from transaction
    where rowid in (from rows_of('transaction.property_id', (select list(property_id) from property)))
),
sale as (
    select transaction_id as key, transaction_id, property_id, transferred_on, currency, price, register
    from v_transaction
    where transaction_id in (select unnest($ids))
    union
    select p.key, t.*
    from property p
    join sold t using (property_id)
),
held as (
    select
        subject_id, party_id, case when not is_left_censored then valid_from end as valid_from, valid_to,
        party_statement_id as statement_id, coalesce(is_office, false) as is_office
    from relationship
    where
        party_id is not null
        and rowid in (
            from rows_of('relationship.subject_id', $ids)
            union all
            from rows_of('relationship.ended', $ids)
        )
),
held_in_turn as (
    select
        *,
        row_number() over (
            partition by subject_id, is_office
            order by greatest(valid_from, valid_to) desc nulls last, party_id, statement_id
        ) as nth
    from held
),
holder as (
    select h.*, r.register
    from (
        select
            *,
            sum(if(nth > $titles_max, if(valid_from is null, 0, 1) + if(valid_to is null, 0, 1), 0)) over (
                partition by subject_id, is_office
            ) as left_out_n
        from held_in_turn
        qualify not is_office or nth <= $titles_max
    ) h
    left join (
        select statement_id, register
        from v_resolution
        where statement_id in (select unnest((select list(statement_id) from held)))
    ) r using (statement_id)
),
moved as (
    from seat_change where company_id in (select unnest($ids))
),
permitted as (
    select
        unnest([
            {day: applied_on, what: 'asked for a permit at', rank_no: 4},
            {
                day: case when state <> 'applied' then decided_on end,
                what: concat('permit ', state, ' at'), rank_no: 6
            }
        ], recursive := true),
        applicant_id, premises_id, address_text, register
    from v_permit
    where
        applicant_id is not null
        and (applicant_id in (select unnest($ids)) or premises_id in (select unnest($ids)))
),
event as (
    select
        unnest([
            {day: incorporated_on, what: 'incorporated', rank_no: 1},
            {
                day: case when registered_on is distinct from incorporated_on then registered_on end,
                what: 'registered', rank_no: 2
            },
            {day: dissolved_on, what: 'dissolved', rank_no: 8},
            {day: left_register_on, what: 'no longer in the register by this day', rank_no: 9}
        ], recursive := true),
        company_id as about, null as other, register, 1 as nth, 0 as left_out_n,
        'entity' as key_kind, company_id as key
    from company
    where rowid in (from rows_of('company.company_id', $ids))
    union all by name
    select
        began_on as day, concat('insolvency or liquidation: ', coalesce(kind_native, kind)) as what,
        6 as rank_no, company_id as about, null as other, register, 1 as nth, 0 as left_out_n,
        'entity' as key_kind, company_id as key
    from v_insolvency
    where company_id in (select unnest($ids))
    union all by name
    select
        day, what, rank_no, applicant_id as about, premises_id as other, address_text as other_text, register,
        1 as nth, 0 as left_out_n, 'entity' as key_kind, unnest([applicant_id, premises_id]) as key
    from permitted
    union all by name
    select
        unnest([
            {day: valid_from, what: 'on a list:', rank_no: 6},
            {day: valid_to, what: 'no longer on a list:', rank_no: 7}
        ], recursive := true),
        party_id as about, list_name as other, list_name as other_text, register, 1 as nth, 0 as left_out_n,
        'entity' as key_kind, party_id as key
    from v_listing
    where party_id in (select unnest($ids))
    union all by name
    select
        unnest([
            {day: added_on, what: 'became proprietor of', rank_no: 5},
            {day: ended_on, what: 'by this day no longer proprietor of', rank_no: 6}
        ], recursive := true),
        party_id as about, title_id as other, t.register, nth, left_out_n, key_kind, key
    from keyed_title_event
    left join (
        select title_id, register
        from title
        where rowid in (from rows_of('title.title_id', (select list(title_id) from title_event)))
    ) t using (title_id)
    union all by name
    select
        transferred_on as day,
        concat(
            'sold for ', case currency when 'EUR' then '€' else '£' end, format('{:,}', cast(price as bigint))
        ) as what,
        4 as rank_no, coalesce(property_id, transaction_id) as about, null as other, register,
        1 as nth, 0 as left_out_n, 'sale' as key_kind, key
    from sale
    union all by name
    select
        unnest([
            {
                day: valid_from, what: case when is_office then 'took office:' else 'holder recorded:' end,
                rank_no: 3
            },
            {
                day: valid_to, what: case when is_office then 'left office:' else 'holder ended:' end,
                rank_no: 7
            }
        ], recursive := true),
        subject_id as about, party_id as other, register, 1 as nth,
        if(is_office, left_out_n, 0) as left_out_n,
        case when is_office then 'office' else 'entity' end as key_kind, subject_id as key
    from holder
    union all by name
    select
        moved_by as day, 'by this day seated at' as what, 4 as rank_no, company_id as about,
        moved.address_id as other, register, 1 as nth, 0 as left_out_n, 'entity' as key_kind,
        company_id as key
    from moved
    join company using (company_id)
),
named_id as (select about as id from event union select other from event),
named_entity as (
    select entity_id, name, entity_type
    from entity
    where rowid in (from rows_of('entity.entity_id', (select list(id) from named_id)))
),
named_title as (
    select title_id, address_text
    from title
    where rowid in (from rows_of('title.title_id', (select list(id) from named_id)))
),
named_address as (
    select address_id, address_text
    from address
    where address_id in (select unnest((select list(address_id) from moved)))
),
place as (
    select property_id, address_text
    from v_property
    where property_id in (select unnest((select list(id) from named_id)))
),
named_person as (
    select person_id, person_type, full_name
    from v_person
    where person_id in (select unnest((select list(id) from named_id)))
)
select distinct
    e.key, e.key_kind, e.nth, e.left_out_n, e.day, e.what, e.about, e.other,
    coalesce(r.title, e.register) as source,
    e.rank_no, ea.entity_type as about_type, coalesce(eo.entity_type, po.person_type) as other_type,
    coalesce(ea.name, ta.address_text, pa.address_text) as about_name,
    coalesce(eo.name, po.full_name, ot.address_text, ao.address_text, e.other_text) as other_name
from event e
left join v_register r on r.register = e.register
left join named_entity ea on ea.entity_id = e.about
left join named_title ta on ta.title_id = e.about
left join place pa on pa.property_id = e.about
left join named_entity eo on eo.entity_id = e.other
left join named_person po on po.person_id = e.other
left join named_title ot on ot.title_id = e.other
left join named_address ao on ao.address_id = e.other
where e.day is not null
order by day desc, rank_no, about_name, about, other_name, other, what, source, nth, key_kind, key
