-- How the words of a file become numbers and moments. The reader calls these macros by column; what a value that can be
-- read in two ways means is told to them.

-- The ways of writing nothing at all, of databases, spreadsheets and pandas.
create or replace macro source_rows.word_of(text_value) as
    case
        when lower(trim(text_value)) not in (
            '', 'null', '(null)', '\n', 'n/a', '#n/a', '#nv', 'nan', '<na>', 'nat', 'none', '-'
        ) then trim(text_value)
    end;

-- Minus signs behind (SAP) and round brackets (accounts) go before; blanks and apostrophes that part thousands go.
create or replace macro source_rows.signed_number(word) as
    case
        when regexp_full_match(word, '[0-9][^-]*-') then '-' || rtrim(word, '- ')
        when regexp_full_match(word, '[(][0-9][^-]*[)]') then '-' || trim(word, '()')
        when regexp_full_match(word, '[+-]?[0-9]{1,3}([ \x{00A0}\x{2009}\x{202F}''’][0-9]{3})+([.,][0-9]*)?')
            then regexp_replace(word, '[^0-9.,+-]', '', 'g')
        else word
    end;

-- 12,500 and 1.250: the sign may part thousands or be the decimal one.
create or replace macro source_rows.is_number_of_two_readings(word) as
    regexp_full_match(word, '[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}');

-- 1.234,56 and 1.234.567 and 12,5 and 0,125
create or replace macro source_rows.has_decimal_comma(word) as
    regexp_full_match(
        word, '[+-]?([1-9][0-9]{0,2}([.][0-9]{3})+,[0-9]*|[1-9][0-9]{0,2}([.][0-9]{3}){2,}|[0-9]*,[0-9]*)'
    )
    and not source_rows.is_number_of_two_readings(word);

-- 1,234.56 and 1,234,567 and 12.5 and 0.125; India groups by two: 1,00,000
create or replace macro source_rows.has_decimal_point(word) as
    regexp_full_match(
        word, '[+-]?([1-9][0-9]{0,2}(,[0-9]{2,3})*,[0-9]{3}[.][0-9]*|[1-9][0-9]{0,2}(,[0-9]{2,3})+,[0-9]{3}|[0-9]*[.][0-9]*)'
    )
    and not source_rows.is_number_of_two_readings(word);

create or replace macro source_rows.plain_number(word, comma_is_decimal) as
    case
        when
            source_rows.has_decimal_comma(word)
            or (comma_is_decimal and source_rows.is_number_of_two_readings(word))
            or regexp_full_match(word, '[+-]?[0-9]+,[0-9]+[eE][+-]?[0-9]+')
            then replace(replace(word, '.', ''), ',', '.')
        when source_rows.has_decimal_point(word) or source_rows.is_number_of_two_readings(word)
            then replace(word, ',', '')
        else word
    end;

-- The text of a number as the engine casts it.
create or replace macro source_rows.number_text(word, comma_is_decimal) as
    source_rows.plain_number(source_rows.signed_number(word), comma_is_decimal);

-- 31/12/2025, 12-31-25 and 31.12.2025, with or without a time of day
create or replace macro source_rows.day_parts(word) as
    regexp_extract(
        word, '^(\d{1,2})([./-])(\d{1,2})[./-](\d{4}|\d{2})(?:[ T](.*))?$', ['one', 'sign', 'other', 'year', 'time']
    );

-- Points part days in countries that write the day first. 03/04/2025 is in March or in April.
create or replace macro source_rows.is_day_of_two_readings(word) as
    source_rows.day_parts(word).sign in ('/', '-')
    and try_cast(source_rows.day_parts(word).one as int) <= 12
    and try_cast(source_rows.day_parts(word).other as int) <= 12
    and source_rows.day_parts(word).one <> source_rows.day_parts(word).other;

create or replace macro source_rows.has_day_first(word) as
    source_rows.day_parts(word).sign in ('/', '-') and try_cast(source_rows.day_parts(word).one as int) > 12;

create or replace macro source_rows.has_month_first(word) as
    source_rows.day_parts(word).sign in ('/', '-') and try_cast(source_rows.day_parts(word).other as int) > 12;

create or replace macro source_rows.whole_year(number) as
    case when length(number) = 4 then number when number < '70' then '20' || number else '19' || number end;

create or replace macro source_rows.time_of_day(clock) as
    case
        when clock = '' then ''
        when regexp_full_match(clock, '\d{1,2}:\d{2}(:\d{2})? ?[AaPp][Mm]')
            then ' ' || cast(
                coalesce(try_strptime(upper(clock), '%I:%M:%S %p'), try_strptime(upper(clock), '%I:%M %p')) as time
            )
        else ' ' || clock
    end;

-- The text of a moment as the engine casts it: year, month, day.
create or replace macro source_rows.moment_text(word, day_is_first) as
    case
        when source_rows.day_parts(word).year <> ''
            then source_rows.whole_year(source_rows.day_parts(word).year)
                || '-' || lpad(
                    case
                        when
                            source_rows.day_parts(word).sign = '.'
                            or source_rows.has_day_first(word)
                            or (day_is_first and not source_rows.has_month_first(word))
                            then source_rows.day_parts(word).other || '-' || lpad(source_rows.day_parts(word).one, 2, '0')
                        else source_rows.day_parts(word).one || '-' || lpad(source_rows.day_parts(word).other, 2, '0')
                    end, 5, '0'
                )
                || source_rows.time_of_day(source_rows.day_parts(word).time)
        when regexp_full_match(word, '\d{4}[./]\d{1,2}[./]\d{1,2}([ T].*)?')
            then regexp_replace(word, '^(\d{4})[./](\d{1,2})[./](\d{1,2})', '\1-\2-\3')
        when regexp_full_match(word, '(19|20)\d{2}[01]\d[0-3]\d([ T].*)?')
            then regexp_replace(word, '^(\d{4})(\d{2})(\d{2})', '\1-\2-\3')
        when regexp_full_match(word, '\d{1,2}[ -][A-Za-z]{3}[ -]\d{4}')
            then cast(try_strptime(replace(word, ' ', '-'), '%d-%b-%Y') as varchar)
        when regexp_full_match(word, '\d{1,2}[ -][A-Za-z]{3}[ -]\d{2}')
            then cast(try_strptime(replace(word, ' ', '-'), '%d-%b-%y') as varchar)
        else word
    end;

-- Zones by name are not read: the engine (DuckDB 1.5) would read the rows that follow in that zone too.
create or replace macro source_rows.moment_without_zone_name(moment) as
    case when not regexp_matches(moment, '[A-Za-z]{2}') then moment end;

create or replace macro source_rows.moment_in_utc(moment) as
    cast(try_cast(
        source_rows.moment_without_zone_name(regexp_replace(moment, ' ?(UTC|GMT)$', 'Z')) as timestamptz
    ) as timestamp);

-- What two spellings of one id have in common, from close to far: case and blanks; the point of a whole number; then
-- punctuation, but for what parts two digits (5-11 is not 51-1); then that too, and leading zeros. Signs on letters
-- (vowels of Indian scripts) are letters.
create or replace macro source_rows.id_without_case(id) as
    regexp_replace(upper(trim(nfc_normalize(id))), '\s+', ' ', 'g');

create or replace macro source_rows.id_without_point(id) as
    regexp_replace(source_rows.id_without_case(id), '^([0-9]+)[.]0$', '\1');

create or replace macro source_rows.id_without_punctuation(id) as
    coalesce(
        nullif(ltrim(regexp_replace(
            regexp_replace(
                regexp_replace(upper(nfc_normalize(id)), '([0-9])[^\p{L}\p{N}\p{M}]+([0-9])', '\1·\2', 'g'),
                '([0-9])[^\p{L}\p{N}\p{M}]+([0-9])', '\1·\2', 'g'
            ),
            '[^\p{L}\p{N}\p{M}·]', '', 'g'
        ), '0'), ''),
        upper(id)
    );

create or replace macro source_rows.id_letters_and_digits(id) as
    coalesce(
        nullif(ltrim(regexp_replace(upper(nfc_normalize(id)), '[^\p{L}\p{N}\p{M}]', '', 'g'), '0'), ''), upper(id)
    );

-- The id without the unit in which it is packed: ABC-12PK, ABC/EA, ABC_CASE all denote ABC.
create or replace macro source_rows.id_without_pack(id) as
    source_rows.id_letters_and_digits(regexp_replace(
        upper(trim(id)), '[ _./-]+[0-9]*(EA|EACH|PC|PCS|PK|PACK|CS|CASE|BX|BOX|CTN|CARTON)[0-9]*$', ''
    ));
