-- Public, listed and exempt entities.
select entity_id as subject_id from exempt
