{{ newly_closed('reserve_rollforward') }}
