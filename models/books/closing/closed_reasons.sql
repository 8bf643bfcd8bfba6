{{ newly_closed('reserve_reasons') }}
