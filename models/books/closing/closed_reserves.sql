{{ newly_closed('reserves') }}
