{{ used_rows('transfers') }}
