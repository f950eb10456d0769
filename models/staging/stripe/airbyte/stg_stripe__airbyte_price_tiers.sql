{{ config(enabled=nrr.reads_airbyte_stripe()) }}
-- One row per tier of a price. The stream `prices` has none, `plans` may have lost them: then from wherever one is
-- shown.
with ranked as (
    select
        price_id,
        tiers_text,
        row_number() over (partition by price_id order by place, length(tiers_text) desc, tiers_text) as choice
    from {{ ref('stg_stripe__airbyte_price_rows') }}
    where substr(tiers_text, 1, 2) = '[{' or substr(tiers_text, 1, 3) = '[ {'
),

chosen as (
    select * from ranked
    where choice = 1
),

texts as (
    select
        price_id,
        {%- for part in ['up_to', 'unit_amount', 'unit_amount_decimal', 'flat_amount', 'flat_amount_decimal'] %}
        {{ nrr.json_value('element', part) }} as {{ part }}_text{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ nrr.json_elements('chosen', ['price_id'], 'tiers_text') }} as elements
),

tiers as (
    select
        price_id,
        -- of the last one it is null
        {{ nrr.read_decimal('up_to_text') }} as up_to,
        coalesce({{ nrr.read_decimal('unit_amount_text') }}, {{ nrr.read_decimal('unit_amount_decimal_text') }}, 0)
            as unit_amount,
        coalesce({{ nrr.read_decimal('flat_amount_text') }}, {{ nrr.read_decimal('flat_amount_decimal_text') }}, 0)
            as flat_amount
    from texts
)

select
    price_id,
    coalesce(lag(up_to) over (
        partition by price_id
        order by case when up_to is null then 1 else 0 end, up_to
    ), 0) as from_quantity,
    up_to,
    cast(unit_amount as decimal(18, 6)) as unit_amount,
    cast(flat_amount as decimal(18, 6)) as flat_amount
from tiers
