-- Every feature is in the catalogue, every entry of it is a feature, and each is a double.
with feature_catalogue as (select * from features.feature_catalogue),

feature_columns as (
    select
        column_name as feature,
        lower(data_type) as data_type
    from information_schema.columns
    where table_schema = 'features' and table_name = 'position_features'
),

differences as (
    select
        feature_columns.feature as column_name,
        feature_columns.data_type,
        feature_catalogue.feature as catalogue_entry
    from feature_columns
    full outer join feature_catalogue on feature_columns.feature = feature_catalogue.feature
    where
        coalesce(feature_columns.feature, '') not in ('item_id', 'location_id', 'valuation_date')
        and (
            feature_columns.feature is null
            or feature_catalogue.feature is null
            or feature_columns.data_type <> 'double'
        )
)

select * from differences
