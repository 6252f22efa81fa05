select
    transaction_id as subject_id,
    case
        when not is_stated or z_score is null then 'not_assessable'
        when abs(z_score) > $z then 'flagged'
        else 'not_flagged'
    end as state,
    case
        when not is_stated then 'not_stated'
        when z_score is null then 'few_peers'
    end as reason,
    case
        when is_stated and abs(z_score) > $z then case when z_score > 0 then 'above' else 'below' end
    end as subtype,
    case when is_stated then abs(z_score) end as value,
    'modified z-score' as unit,
    $z as threshold,
    case when is_stated then peer_n end as peer_n,
    currency_sign(currency) as sign,
    price,
    transferred_on,
    middle_price,
    case
        when by_quarter then 'quarter'
        else 'year, each brought to the time of this one by the price index'
    end as period_words,
    case when z_score > 0 then 'above' else 'below' end as side_word,
    case when round(abs(z_score), 2) > $z then cast(
        cast(abs(z_score) as decimal(12, 2)) as varchar
    ) else concat_ws(' ', 'more than', cast($z as varchar)) end as z_words
from measured
