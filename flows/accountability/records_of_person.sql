-- Records and names of a person, by party id or by one of their records.
select distinct r.party_id, r.register, r.record, p.full_name
from v_resolution r left join v_person p on p.person_id = r.party_id
where starts_with(r.party_id, 'UT-P-') and not starts_with(r.record, 'suppressed-')
    and (
        r.party_id = $party
        or r.party_id in (select party_id from v_resolution where register = $register and record = $record)
    )
order by all
