-- Texts of the addresses, and of the titles without one, that fulfil a condition. `plain`: in capitals, without
-- points and apostrophes, which few texts have.
select subject_id, subject_type, postcode, min(address_text) as address_text
from (
    select
        *,
        case
            when contains(address_text, '.') or contains(address_text, '''') or contains(address_text, '`')
            then translate(upper(address_text), '.''`', '')
            else upper(address_text)
        end as plain
    from (
        select address_id as subject_id, 'address' as subject_type, postcode, address_text
        from v_address
        union all
        select address_id, 'address', postcode, address_text
        from v_property
        where address_id is not null
        union all
        select address_id, 'address', postcode, address_text
        from v_transaction
        where property_id is null and address_id is not null
        union all
        select title_id, 'title', null, address_text
        from v_title
        where title_id not in (select title_id from v_title_address)
    )
)
where {condition}
group by subject_id, subject_type, postcode
order by subject_id
